import type { KubeObject } from '../../../core/kube-object';
import { DOMAIN } from '../../../core/labels';
import { parseQuantity } from '../../../core/quantity';

/** One place where an object is not as it should be; `extra`: it has something that it should not. */
export interface Difference {
  readonly path: readonly string[];
  readonly found: 'missing' | 'other' | 'extra';
}

type Fields = Readonly<Record<string, unknown>>;
type Report = (difference: Difference) => void;

/** Kinds whose leaves may be quantities, which the API server spells in its own way: `1000m` comes back as `1`. */
const WITH_QUANTITIES: ReadonlySet<string> = new Set(['ResourceQuota', 'LimitRange']);
/** Labels and annotations of a namespace that give or take a right whoever sets them: all of ours, and Pod Security's. */
const NAMESPACE_KEYS_THAT_GRANT = [`${DOMAIN}/`, 'pod-security.kubernetes.io/'] as const;

/** Whether a value is a JSON object. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Whether an object of the cluster is as it was rendered. Exact in whatever is rendered outside of metadata, for a key too
 * many there can grant: a rule of a policy, a scope of a quota. Other people's labels and annotations are their own.
 */
export const matches = (wanted: KubeObject, observed: unknown): boolean => compare(wanted, observed, undefined);

/** Where it is not. */
export function differences(wanted: KubeObject, observed: unknown): Difference[] {
  const found: Difference[] = [];
  compare(wanted, observed, (difference) => found.push(difference));
  return found;
}

/** With `report` it goes on to the end; without, it stops at the first difference. */
function compare(wanted: KubeObject, observed: unknown, report: Report | undefined): boolean {
  if (!isFields(observed)) {
    report?.({ path: [], found: 'missing' });
    return false;
  }
  const comparison = new Comparison(WITH_QUANTITIES.has(wanted.kind), report);
  let same = comparison.metadata(wanted, observed);
  for (const key in wanted) {
    if (key === 'apiVersion' || key === 'kind' || key === 'metadata') continue;
    if (!same && report === undefined) return false;
    same = comparison.exact(wanted[key], observed[key], [key]) && same;
  }
  return same;
}

class Comparison {
  constructor(
    private readonly quantities: boolean,
    private readonly report: Report | undefined,
  ) {}

  metadata(wanted: KubeObject, observed: Fields): boolean {
    const present = isFields(observed['metadata']) ? observed['metadata'] : {};
    const isNamespace = wanted.kind === 'Namespace';
    let same = true;
    for (const field of ['labels', 'annotations'] as const) {
      const asked = wanted.metadata[field];
      const found = present[field];
      same = this.subset(isFields(asked) ? asked : {}, isFields(found) ? found : {}, field, isNamespace) && same;
    }
    return same;
  }

  private subset(wanted: Fields, observed: Fields, field: string, isNamespace: boolean): boolean {
    let same = true;
    for (const key in wanted) {
      if (wanted[key] !== observed[key]) {
        same = this.differs(['metadata', field, key], key in observed ? 'other' : 'missing');
      }
    }
    if (isNamespace) {
      for (const key in observed) {
        if (!(key in wanted) && NAMESPACE_KEYS_THAT_GRANT.some((prefix) => key.startsWith(prefix))) {
          same = this.differs(['metadata', field, key], 'extra');
        }
      }
    }
    return same;
  }

  exact(wanted: unknown, observed: unknown, path: readonly string[]): boolean {
    if (wanted === observed) return true;
    if (Array.isArray(wanted)) return this.array(wanted, observed, path);
    if (isFields(wanted))
      return isFields(observed) ? this.fields(wanted, observed, path) : this.differs(path, 'missing');
    if (this.quantities && sameQuantity(wanted, observed)) return true;
    return this.differs(path, observed === undefined ? 'missing' : 'other');
  }

  private fields(wanted: Fields, observed: Fields, path: readonly string[]): boolean {
    let same = true;
    for (const key in wanted) {
      same = this.exact(wanted[key], observed[key], [...path, key]) && same;
      if (!same && this.report === undefined) return false;
    }
    for (const key in observed) {
      if (!(key in wanted)) same = this.differs([...path, key], 'extra');
    }
    return same;
  }

  /** Our lists are atomic: whoever changed one owns it whole. The API server leaves out empty ones. */
  private array(wanted: readonly unknown[], observed: unknown, path: readonly string[]): boolean {
    const found: readonly unknown[] = Array.isArray(observed) ? observed : [];
    const quiet = this.report === undefined ? this : new Comparison(this.quantities, undefined);
    const same = found.length === wanted.length && wanted.every((item, index) => quiet.exact(item, found[index], path));
    return same || this.differs(path, 'other');
  }

  private differs(path: readonly string[], found: Difference['found']): false {
    this.report?.({ path, found });
    return false;
  }
}

function sameQuantity(wanted: unknown, observed: unknown): boolean {
  if (typeof observed !== 'string' || (typeof wanted !== 'string' && typeof wanted !== 'number')) return false;
  if (String(wanted) === observed) return true;
  try {
    const [one, other] = [parseQuantity(String(wanted)), parseQuantity(observed)];
    return Math.abs(one - other) <= Math.abs(one) * 1e-9;
  } catch {
    return false;
  }
}

/** Merge patch that takes away what is too much; undefined when nothing is. Applying cannot: those fields are not ours. */
export function removalPatch(found: readonly Difference[]): object | undefined {
  const paths = found.flatMap((difference) => (difference.found === 'extra' ? [difference.path] : []));
  return paths.length === 0 ? undefined : nulls(paths);
}

function nulls(paths: readonly (readonly string[])[]): object {
  const keys = [...new Set(paths.flatMap(([key]) => key ?? []))];
  const under = (key: string) => paths.filter(([first]) => first === key).map(([, ...rest]) => rest);
  return Object.fromEntries(
    keys.map((key) => [key, under(key).some((rest) => rest.length === 0) ? null : nulls(under(key))]),
  );
}
