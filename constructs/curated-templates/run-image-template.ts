import type { Construct } from 'constructs';
import { CuratedTemplate, NO_CACHE, RUN_IMAGE } from '../../core/curated-templates';
import type { Image } from '../../core/images';
import { CACHE_BYTES, CacheOwner, cacheKey } from '../../core/run-cache';
import { type ContainerResources, CURATED_RESOURCES } from '../../core/run-resources';
import { FAILED_FROM_OUTSIDE } from '../../core/run-retry';
import { Limit } from '../../core/workflow-policy/limits';
import { type Artifact, ClusterWorkflowTemplate, type RetryStrategy, type Template } from '../imports/argo-workflows';
import { commonLabels } from '../metadata';
import { CHECKOUT, checkoutBefore } from './checkout-container';
import { parametersOf, Workspace, workspaceMounts, workspaceVolumes } from './workspace';

/** Properties for `RunImageTemplate`. */
export interface RunImageTemplateProps {
  /** Image with `git` and a shell, for the checkout. */
  readonly git: Image;
}

/** `seakeeper-run-image/small`, `/medium` and `/large`: a command in an image, on the commit under test, in one pod. */
export class RunImageTemplate extends ClusterWorkflowTemplate {
  constructor(scope: Construct, id: string, { git }: RunImageTemplateProps) {
    super(scope, id, {
      metadata: { name: CuratedTemplate.runImage, labels: commonLabels(CuratedTemplate.runImage) },
      spec: {
        entrypoint: 'small',
        templates: Object.entries(CURATED_RESOURCES[CuratedTemplate.runImage]).map(([size, resources]) =>
          runImage(size, resources, git),
        ),
      },
    });
  }
}

/** As with every step a definition writes itself, and when the checkout failed: Gerrit may have restarted. */
const RETRY: RetryStrategy = {
  limit: String(Limit.infrastructureRetries),
  retryPolicy: 'Always',
  expression: `(${FAILED_FROM_OUTSIDE}) || lastRetry.message matches "^${CHECKOUT}: "`,
};

function runImage(size: string, resources: ContainerResources, git: Image): Template {
  return {
    name: size,
    retryStrategy: RETRY,
    inputs: {
      parameters: parametersOf(RUN_IMAGE),
      artifacts: [
        { name: 'input', path: Workspace.input, optional: true },
        cache('cache-reviewed', 'reviewed', CacheOwner.reviewed),
        cache('cache-own', 'own', CacheOwner.self),
      ],
    },
    initContainers: [checkoutBefore(git)],
    // A file that Argo writes, so that Kubernetes and the outer shell read nothing into it.
    script: {
      image: '{{inputs.parameters.image}}',
      imagePullPolicy: 'IfNotPresent',
      command: ['/bin/sh', '-uc', RUN_SCRIPT],
      source: '{{inputs.parameters.command}}',
      env: [
        { name: 'HOME', value: Workspace.home },
        { name: 'INPUT', value: Workspace.input },
        { name: 'OUTPUT', value: Workspace.output },
        { name: 'CACHE_KEY', value: '{{inputs.parameters.cache-key}}' },
        { name: 'CACHE_FOLDER', value: '{{inputs.parameters.cache-folder}}' },
      ],
      resources,
      volumeMounts: workspaceMounts,
    },
    volumes: workspaceVolumes,
    outputs: {
      artifacts: [
        { name: 'output', path: Workspace.output, optional: true },
        cache('cache-saved', 'saved', CacheOwner.self),
      ],
    },
  };
}

/** A cache as a file of our own making: Argo's archives take no links that lead out of their folder. */
const cache = (name: string, file: string, owner: CacheOwner): Artifact => ({
  name,
  path: `${Workspace.cache}/${file}`,
  optional: true,
  archive: { none: {} },
  s3: { key: cacheKey(owner, '{{inputs.parameters.cache-key}}') },
});

/**
 * What is around the command, whose file is `$0`. A cache that is missing, broken, too large or cannot be packed is
 * no failure; one that was found is not written again. An output folder with nothing in it is none.
 */
const RUN_SCRIPT = `
cd ${Workspace.source} || exit 1
mkdir -p "$HOME" "$OUTPUT" ${Workspace.cache}
found=
if [ "$CACHE_KEY" = ${NO_CACHE} ]; then CACHE_FOLDER=; fi
if [ -n "$CACHE_FOLDER" ]; then
  mkdir -p "$CACHE_FOLDER"
  for file in reviewed own; do
    if [ -z "$found" ] && [ -f ${Workspace.cache}/$file ] && tar -xzf ${Workspace.cache}/$file -C "$CACHE_FOLDER"; then found=$file; fi
  done
  echo "cache $CACHE_KEY: \${found:-not} found" >&2
fi
/bin/sh -eu "$0"
status=$?
rmdir "$OUTPUT" 2>/dev/null
if [ $status = 0 ] && [ -n "$CACHE_FOLDER" ] && [ -z "$found" ]; then
  if tar -czf ${Workspace.cache}/new -C "$CACHE_FOLDER" . && [ "$(wc -c < ${Workspace.cache}/new)" -le ${CACHE_BYTES} ]; then
    mv ${Workspace.cache}/new ${Workspace.cache}/saved
    echo "cache $CACHE_KEY: saved" >&2
  else
    echo "cache $CACHE_KEY: not saved, it cannot be packed or is larger than ${CACHE_BYTES} bytes" >&2
  fi
fi
exit $status
`.trim();
