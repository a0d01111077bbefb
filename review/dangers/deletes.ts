import { at } from '../json';
import { shortKind } from '../object-change';
import { quoted } from '../quoted';
import { type DangerRule, danger } from './danger';

/** What goes with an object of a kind that holds others or data. */
const LOSSES: Readonly<Record<string, string>> = {
  '/Namespace': 'with everything in it',
  '/PersistentVolumeClaim': 'its data may go with it',
  '/PersistentVolume': 'its data may go with it',
  'apps/StatefulSet': 'its claims stay, its pods stop',
  'apiextensions.k8s.io/CustomResourceDefinition': 'with every object of the kind',
};

/** Objects that are patches of what somebody else owns: deleting them takes back what they wrote. */
const TAKEN_BACK: Readonly<Record<string, string>> = {
  '/Node': 'the machine leaves its pool: our labels and taints go, the node stays',
  '/NodePatch': 'the machine leaves its pool: our labels and taints go, the node stays',
};

/** Every deletion. */
export const findDeletes: DangerRule = (change) => {
  if (change.op !== 'delete') return [];
  const takenBack = TAKEN_BACK[change.kind];
  if (takenBack !== undefined) return [danger('delete', change, takenBack)];
  const loss = LOSSES[change.kind];
  return [danger('delete', change, `${shortKind(change.kind)} is deleted${loss === undefined ? '' : `, ${loss}`}`)];
};

/** Every replacement, with the fields that force it. */
export const findReplacements: DangerRule = (change) => {
  if (change.op !== 'replace') return [];
  const loss = LOSSES[change.kind];
  const oldName = at(change.before, 'metadata', 'name');
  const fields = (change.because ?? [])
    .map((field) => (field === 'metadata.name' ? `metadata.name (was ${quoted(String(oldName))})` : field))
    .join(', ');
  const why = fields === '' ? '' : `: ${fields} cannot be changed in place`;
  return [
    danger('replace', change, `${shortKind(change.kind)} is replaced${why}${loss === undefined ? '' : `; ${loss}`}`),
  ];
};
