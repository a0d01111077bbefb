import type { KubeObject } from '../core/kube-object';
import { at, type Fields, fields, isFields, list } from './json';

/** The pod an object runs, itself or by its template; undefined when it runs none. */
export function podSpecOf(object: KubeObject | undefined): Fields | undefined {
  const places = [
    ['spec', 'template', 'spec'],
    ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
    ...(object?.kind === 'Pod' ? [['spec']] : []),
  ];
  return places
    .map((path) => at(object, ...path))
    .filter(isFields)
    .find((spec) => Array.isArray(spec['containers']));
}

/** Containers of a pod, those that come first included, by name. */
export function containersOf(pod: Fields | undefined): Map<string, Fields> {
  const all = [...list(pod?.['initContainers']), ...list(pod?.['containers'])].map(fields);
  return new Map(all.map((container) => [String(container['name']), container]));
}
