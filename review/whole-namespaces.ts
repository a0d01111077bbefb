import type { ObjectChange } from './object-change';

const isNamespace = ({ kind }: ObjectChange): boolean => kind === '/Namespace';

/**
 * Whether a change is told by that of its namespace: an object that is deleted or made together with it. Its deletion says
 * nothing new, and takes no fence from anybody.
 */
export function toldByNamespace(changes: readonly ObjectChange[]): (change: ObjectChange) => boolean {
  const whole = new Set(
    changes.filter((change) => isNamespace(change) && (change.op === 'delete' || change.op === 'create')).map(keyOf),
  );
  return (change) => !isNamespace(change) && whole.has(`${change.op} ${change.namespace}`);
}

const keyOf = ({ op, name }: ObjectChange): string => `${op} ${name}`;
