import type { KubeObject } from '../../core/kube-object';
import type { ClusterIndex } from '../cluster-index';
import { dataValues } from '../data-values';
import { compareText, list, objectsIn, strings } from '../json';
import { quoted } from '../quoted';
import { type DangerRule, danger } from './danger';

/** Kinds whose pods say which images a cluster runs. */
const WORKLOADS = [
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'batch/Job',
  'batch/CronJob',
  '/ConfigMap',
  'argoproj.io/WorkflowTemplate',
  'argoproj.io/ClusterWorkflowTemplate',
] as const;

interface Image {
  /** Registry and name. */
  readonly repository: string;
  readonly pinned: boolean;
}

/** Images of a repository that the object (a new one: the cluster) did not use, and such as lost their digest. */
export const findForeignImages: DangerRule = (change, { before: cluster }) => {
  if (change.after === undefined) return [];
  const named = imagesOf(change.after);
  if (named.length === 0) return [];
  const had = change.before === undefined ? imagesOfCluster(cluster) : imagesOf(change.before);
  const known = had.map(parseImage);
  return named
    .filter((image) => !had.includes(image))
    .flatMap((image) => {
      const { repository, pinned } = parseImage(image);
      const before = known.filter((other) => other.repository === repository);
      const wasPinned = before.some((other) => other.pinned);
      return [
        ...(before.length === 0
          ? [
              danger(
                'image',
                change,
                `runs an image of another repository: ${quoted(image)}${instead(had, change.before)}`,
              ),
            ]
          : []),
        ...(!pinned && wasPinned
          ? [danger('image', change, `${quoted(image)} lost its digest: whoever moves the tag decides what runs`)]
          : []),
      ];
    });
};

const instead = (had: readonly string[], before: KubeObject | undefined): string =>
  before === undefined || had.length === 0 ? '' : ` (had ${had.map(quoted).join(', ')})`;

/** Images an object names, its ConfigMap data and flags included, sorted. */
export function imagesOf(object: KubeObject): string[] {
  const roots: unknown[] = [object, ...dataValues(object).map(([, value]) => value)];
  const images = roots
    .flatMap((root) => [...objectsIn(root)])
    .flatMap(({ value }) => [value['image'], ...inFlags(list(value['args'])), ...inFlags(list(value['command']))]);
  return [...new Set(strings(images))].sort(compareText);
}

/** Images in flags such as `--executor-image NAME` and `--executor-image=NAME`. */
const inFlags = (flags: readonly unknown[]): unknown[] =>
  flags.flatMap((flag, index) => {
    const [matched, inline] = /^--[a-z-]*image(?:=(.+))?$/.exec(String(flag)) ?? [];
    return matched === undefined ? [] : [inline ?? flags[index + 1]];
  });

const ofClusters = new WeakMap<ClusterIndex, readonly string[]>();

/** Images a cluster names. Walked once: a change may create thousands of objects. */
function imagesOfCluster(cluster: ClusterIndex): readonly string[] {
  const known = ofClusters.get(cluster);
  if (known !== undefined) return known;
  const images = [
    ...new Set(WORKLOADS.flatMap((kind) => cluster.ofKind(kind).flatMap(({ object }) => imagesOf(object)))),
  ];
  ofClusters.set(cluster, images);
  return images;
}

function parseImage(image: string): Image {
  const [name = image, digest] = image.split('@');
  // A colon before the last slash is a port.
  return { repository: name.replace(/:[^/:]*$/, ''), pinned: digest !== undefined };
}
