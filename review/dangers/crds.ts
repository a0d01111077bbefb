import { at, fields, list, same } from '../json';
import { type DangerRule, danger } from './danger';

/** Every change of what a custom resource definition accepts or serves: objects may be refused, pruned or lost by it. */
export const findCrdChanges: DangerRule = (change) => {
  if (change.kind !== 'apiextensions.k8s.io/CustomResourceDefinition') return [];
  const { before, after } = change;
  if (before === undefined || after === undefined || same(before['spec'], after['spec'])) return [];
  const [was, is] = [before, after].map((crd) => list(at(crd, 'spec', 'versions')).map(fields));
  const gone = (was ?? []).filter(({ name }) => !(is ?? []).some((version) => version['name'] === name));
  const changed = (is ?? []).filter(({ name, schema }) => {
    const old = (was ?? []).find((version) => version['name'] === name);
    return old !== undefined && !same(old['schema'], schema);
  });
  const stored = [was, is].map((versions) => versions?.find(({ storage }) => storage === true)?.['name']);
  const what = [
    ...gone.map(({ name }) => `version ${String(name)} is gone`),
    ...changed.map(({ name }) => `the schema of ${String(name)} changes`),
    ...(stored[0] === stored[1] ? [] : [`objects are stored as ${String(stored[1])} (was ${String(stored[0])})`]),
  ];
  return [danger('crd', change, what.length === 0 ? 'its definition changes' : what.join('; '))];
};
