/** What we do with a field of a definition. A field that the table does not name is refused. */
export type FieldDecision =
  /** Kept as it is. */
  | 'allow'
  /** Kept within its rules. */
  | 'limit'
  /** Ours to set; see `whenSet`. */
  | 'force'
  /** Refused. */
  | 'deny'
  /** Dropped: without it nothing changes. */
  | 'strip';

/** Structure of a value, by which it is checked and walked. */
export type Shape =
  | 'string'
  | 'boolean'
  | 'integer'
  | 'number'
  /** String, number or boolean; kept as the text that was written, as Argo does with parameter values. */
  | 'scalar'
  /** Kubernetes quantity such as `500m` or `2Gi`. */
  | 'quantity'
  /** An object without fields. */
  | 'empty'
  /** Any JSON value. */
  | 'json'
  /** One of ours: key of a type in the table. */
  | { readonly object: string }
  | { readonly list: Shape }
  | { readonly map: Shape };

/** A bound on a value, as data, so that admission policies and a reference page can be made from it. */
export type Rule =
  | { readonly kind: 'one-of'; readonly values: readonly (string | number | boolean)[] }
  | { readonly kind: 'range'; readonly min: number; readonly max: number }
  | { readonly kind: 'max-items'; readonly max: number }
  /** UTF-8 bytes of a string, or of all strings in a list together. */
  | { readonly kind: 'max-bytes'; readonly max: number }
  | { readonly kind: 'max-quantity'; readonly max: string }
  /** `means` says in words what the pattern lets through. RE2 syntax. */
  | { readonly kind: 'pattern'; readonly pattern: string; readonly means: string }
  | { readonly kind: 'not-pattern'; readonly pattern: string; readonly means: string }
  /** No `{{…}}` at all. */
  | { readonly kind: 'no-template' }
  /** Every item is one of the values. */
  | { readonly kind: 'each-one-of'; readonly values: readonly string[] }
  /** Keys of a map: those that match `keep` stay, those that match `refuse` are refused, others are dropped. */
  | { readonly kind: 'keys'; readonly keep: string; readonly refuse?: string; readonly means: string }
  /** Names a template of the same definition. Checked across the whole document. */
  | { readonly kind: 'template-name' }
  /** Names a curated ClusterWorkflowTemplate. Checked across the whole document. */
  | { readonly kind: 'curated-template' }
  /** Names a volume of the template or the definition. Checked across the whole document. */
  | { readonly kind: 'volume-name' };

/** A value of a forced field, as JSON. */
export type FixedValue = string | number | boolean | { readonly [field: string]: FixedValue };

/** One row of the table. */
export interface FieldPolicy {
  readonly decision: FieldDecision;
  /** Present for what is kept: allow and limit. */
  readonly shape?: Shape;
  readonly rules?: readonly Rule[];
  /** Why, in words for the author of a definition. Present for everything but allow. */
  readonly reason?: string;
  /** force: whether a value in the definition is overwritten or refused. */
  readonly whenSet?: 'overwrite' | 'refuse';
  /**
   * force: the one value that a Workflow submitted by hand may write out too; where it does not, the
   * workflow-controller supplies it. Without one the field stays away.
   */
  readonly value?: FixedValue;
  /** What the trigger may write instead, which knows the pipeline: bounds wider than a definition's. */
  readonly ours?: { readonly shape: Shape; readonly rules: readonly Rule[] };
  /** Only later versions of Argo Workflows know the field. */
  readonly since?: '4.0';
}

/** Fields of one type. */
export interface TypePolicy {
  /** Definition in Argo's schema, without its prefix, such as `Template` or `Container`. */
  readonly schema: string;
  readonly fields: Readonly<Record<string, FieldPolicy>>;
  /** Fields that must be there. */
  readonly required?: readonly string[];
}

/** Types by our own name: one schema definition may have different rules in different places. */
export type PolicyTable = Readonly<Record<string, TypePolicy>>;

export const allow = (shape: Shape): FieldPolicy => ({ decision: 'allow', shape });

export const limit = (shape: Shape, reason: string, ...rules: Rule[]): FieldPolicy => ({
  decision: 'limit',
  shape,
  reason,
  rules,
});

/** Ours, and what the definition says is overwritten: it would have been a matter of taste. */
export const overwrite = (reason: string, value?: FixedValue): FieldPolicy => ({
  decision: 'force',
  whenSet: 'overwrite',
  reason,
  ...(value === undefined ? {} : { value }),
});

/** Ours, and a definition that sets it is refused: its author expects what will not happen. */
export const reserve = (reason: string, value?: FixedValue): FieldPolicy => ({
  ...overwrite(reason, value),
  whenSet: 'refuse',
});

/** The same row, with what the trigger may write there. */
export const byTrigger = (policy: FieldPolicy, shape: Shape, ...rules: Rule[]): FieldPolicy => ({
  ...policy,
  ours: { shape, rules },
});

export const deny = (reason: string): FieldPolicy => ({ decision: 'deny', reason });

export const denySince4 = (reason: string): FieldPolicy => ({ decision: 'deny', reason, since: '4.0' });

export const strip = (reason: string): FieldPolicy => ({ decision: 'strip', reason });

/** The same policy for several fields. */
export const each = (names: readonly string[], policy: FieldPolicy): Record<string, FieldPolicy> =>
  Object.fromEntries(names.map((name) => [name, policy]));

export const object = (type: string): Shape => ({ object: type });
export const list = (shape: Shape): Shape => ({ list: shape });
export const map = (shape: Shape): Shape => ({ map: shape });
