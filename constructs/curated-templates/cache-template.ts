import type { Construct } from 'constructs';
import { CACHE_KEY, CuratedTemplate } from '../../core/curated-templates';
import type { Image } from '../../core/images';
import { ClusterWorkflowTemplate } from '../imports/argo-workflows';
import { commonLabels } from '../metadata';
import { fetchingContainer } from './checkout-container';
import { FETCH_RETRY } from './fetch-retry';
import { parametersOf, Workspace, workspaceVolumes } from './workspace';

/** Properties for `CacheTemplate`. */
export interface CacheTemplateProps {
  /** Image with `git` and a shell. */
  readonly git: Image;
}

const KEY_FILE = `${Workspace.root}/key`;

/** Git knows the content of each file by its hash; none has to be written to disk for it. */
const KEY_SCRIPT = `
git read-tree FETCH_HEAD
set -f
git ls-files -s -- $FILES > ${Workspace.root}/files
if [ ! -s ${Workspace.root}/files ]; then
  echo "no file of the change is '$FILES': name lock files that are in git" >&2
  exit 1
fi
hash=$(sha256sum < ${Workspace.root}/files)
printf '%s-%.32s' "$NAME" "$hash" > ${KEY_FILE}
echo "cache key $(cat ${KEY_FILE}) of $(wc -l < ${Workspace.root}/files) files"
`.trim();

/**
 * `seakeeper-cache/key`: what a cache is kept under, as parameter `key`, from the content of lock files. The cache itself
 * is read and written by the step that uses it, in its own pod.
 */
export class CacheTemplate extends ClusterWorkflowTemplate {
  constructor(scope: Construct, id: string, { git }: CacheTemplateProps) {
    super(scope, id, {
      metadata: { name: CuratedTemplate.cache, labels: commonLabels(CuratedTemplate.cache) },
      spec: {
        entrypoint: 'key',
        templates: [
          {
            name: 'key',
            retryStrategy: FETCH_RETRY,
            inputs: { parameters: parametersOf(CACHE_KEY) },
            container: fetchingContainer(git, KEY_SCRIPT, [
              { name: 'FILES', value: '{{inputs.parameters.files}}' },
              { name: 'NAME', value: '{{inputs.parameters.name}}' },
            ]),
            volumes: workspaceVolumes,
            outputs: { parameters: [{ name: 'key', valueFrom: { path: KEY_FILE } }] },
          },
        ],
      },
    });
  }
}
