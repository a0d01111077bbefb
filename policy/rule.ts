import type { KubeObject } from '../core/kube-object';

/** What a rule may know besides the objects. */
export interface PolicyFacts {
  /** Image references (`repository:tag`) that the stack says it knows to be unpinned. */
  readonly acknowledgedImages: ReadonlySet<string>;
}

/** What is true of every rule, and shown on the reference page. */
interface RuleText {
  /** Kebab-case; what a person searches for. */
  readonly id: string;
  /** What must hold, as a sentence. */
  readonly title: string;
  /** What goes wrong otherwise. */
  readonly why: string;
}

/** A rule that looks at one object at a time: a resource policy, and a check of a rendering. */
export interface ObjectRule extends RuleText {
  readonly scope: 'object';
  /** One line for each thing that is wrong: what, the value, what is allowed. Empty: the object is fine. */
  readonly check: (object: KubeObject, facts: PolicyFacts) => readonly string[];
}

/** A rule about how objects stand to each other: a stack policy, and a check of a rendering. */
export interface ClusterRule extends RuleText {
  readonly scope: 'cluster';
  readonly check: (objects: readonly KubeObject[], facts: PolicyFacts) => readonly Finding[];
}

export type Rule = ObjectRule | ClusterRule;

/** Something wrong with an object. */
export interface Finding {
  readonly object: KubeObject;
  readonly message: string;
}

/** A finding and the rule it breaks. */
export interface Violation extends Finding {
  readonly rule: Rule;
}
