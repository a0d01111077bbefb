import { type App, Chart } from 'cdk8s';
import { type Image, imageReference } from '../core/images';
import { CURATED_RESOURCES } from '../core/run-resources';
import { Limit } from '../core/workflow-policy/limits';
import { ClusterWorkflowTemplate } from './imports/argo-workflows';
import { commonLabels } from './metadata';

/** Templates RelEng publishes; a definition may refer to these by name, and to nothing else. */
export const CuratedTemplate = { checkout: 'seakeeper-checkout' } as const;

const WORKSPACE = '/workspace';

/** Properties for `CuratedTemplatesChart`. */
export interface CuratedTemplatesChartProps {
  /** Image with `git` and a shell. */
  readonly git: Image;
}

/** ClusterWorkflowTemplates that every project may use. */
export class CuratedTemplatesChart extends Chart {
  constructor(scope: App, id: string, { git }: CuratedTemplatesChartProps) {
    super(scope, id);

    new ClusterWorkflowTemplate(this, 'Checkout', {
      metadata: { name: CuratedTemplate.checkout, labels: commonLabels(CuratedTemplate.checkout) },
      spec: {
        entrypoint: 'checkout',
        templates: [
          {
            name: 'checkout',
            // A fetch that meets a restarting Gerrit is tried again; a ref that is not there is not.
            retryStrategy: { limit: '2', retryPolicy: 'Always', backoff: { duration: '2s', factor: '2' } },
            container: {
              image: imageReference(git),
              imagePullPolicy: 'IfNotPresent',
              command: ['/bin/sh', '-euc', CHECKOUT_SCRIPT],
              // By environment, never by text in the script: what a name says cannot become a command.
              env: [
                { name: 'FETCH_URL', value: '{{workflow.parameters.fetch-url}}' },
                { name: 'REF', value: '{{workflow.parameters.ref}}' },
                { name: 'REVISION', value: '{{workflow.parameters.revision}}' },
                { name: 'HOME', value: WORKSPACE },
                { name: 'GIT_TERMINAL_PROMPT', value: '0' },
              ],
              resources: CURATED_RESOURCES[CuratedTemplate.checkout].checkout,
              volumeMounts: [{ name: 'workspace', mountPath: WORKSPACE }],
            },
            volumes: [{ name: 'workspace', emptyDir: { sizeLimit: Limit.scratchSize } }],
            outputs: { artifacts: [{ name: 'source', path: `${WORKSPACE}/source` }] },
          },
        ],
      },
    });
  }
}

const CHECKOUT_SCRIPT = `
git init -q ${WORKSPACE}/source
cd ${WORKSPACE}/source
git fetch -q --depth=1 -- "$FETCH_URL" "$REF"
git -c advice.detachedHead=false checkout -q FETCH_HEAD
actual=$(git rev-parse HEAD)
if [ "$actual" != "$REVISION" ]; then
  echo "fetched $REF is $actual, wanted $REVISION: a newer push replaced it" >&2
  exit 1
fi
echo "checked out $REVISION of $REF"
`.trim();
