import type { Construct } from 'constructs';
import { CuratedTemplate, PUBLISH } from '../../core/curated-templates';
import { type Image, imageReference } from '../../core/images';
import { CURATED_RESOURCES } from '../../core/run-resources';
import { type ArchiveStrategy, ClusterWorkflowTemplate, type Template } from '../imports/argo-workflows';
import { commonLabels } from '../metadata';
import { parametersOf, Workspace, workspaceMounts, workspaceVolumes } from './workspace';

/** Properties for `PublishTemplate`. */
export interface PublishTemplateProps {
  /** Image with a shell. */
  readonly busybox: Image;
}

/**
 * `seakeeper-publish/file` and `/folder`: one file as it is, or one folder packed, of what a step left, on the run's page
 * under its own link. Below the run's own prefix of the store, where no other run writes.
 */
export class PublishTemplate extends ClusterWorkflowTemplate {
  constructor(scope: Construct, id: string, { busybox }: PublishTemplateProps) {
    super(scope, id, {
      metadata: { name: CuratedTemplate.publish, labels: commonLabels(CuratedTemplate.publish) },
      spec: {
        entrypoint: 'file',
        templates: [publish('file', '-f', { none: {} }, busybox), publish('folder', '-d', { tar: {} }, busybox)],
      },
    });
  }
}

const PUBLISHED = `${Workspace.input}/{{inputs.parameters.path}}`;

function publish(what: 'file' | 'folder', test: '-f' | '-d', archive: ArchiveStrategy, busybox: Image): Template {
  return {
    name: what,
    inputs: {
      parameters: parametersOf(PUBLISH[what]),
      artifacts: [{ name: 'files', path: Workspace.input }],
    },
    container: {
      image: imageReference(busybox),
      imagePullPolicy: 'IfNotPresent',
      command: ['/bin/sh', '-euc', publishScript(what, test)],
      env: [
        { name: 'PUBLISHED', value: PUBLISHED },
        { name: 'GIVEN', value: '{{inputs.parameters.path}}' },
      ],
      resources: CURATED_RESOURCES[CuratedTemplate.publish][what],
      volumeMounts: workspaceMounts,
    },
    volumes: workspaceVolumes,
    outputs: { artifacts: [{ name: what, path: PUBLISHED, archive }] },
  };
}

/** Argo stores it; the script only says in words what is missing. */
const publishScript = (what: string, test: string): string =>
  `
if [ ! ${test} "$PUBLISHED" ]; then
  echo "path is '$GIVEN', which is no ${what} of what the step left; there are:" >&2
  cd ${Workspace.input} && find . | head -n 20 >&2
  exit 1
fi
`.trim();
