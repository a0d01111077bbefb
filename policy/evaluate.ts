import type { KubeObject } from '../core/kube-object';
import type { PolicyFacts, Rule, Violation } from './rule';

/** Every violation of the rules, in the rules' order and then the objects'. Pure. */
export function evaluate(rules: readonly Rule[], objects: readonly KubeObject[], facts: PolicyFacts): Violation[] {
  return rules.flatMap((rule): Violation[] =>
    rule.scope === 'cluster'
      ? rule.check(objects, facts).map((finding) => ({ ...finding, rule }))
      : objects.flatMap((object) => rule.check(object, facts).map((message) => ({ object, message, rule }))),
  );
}

/** A violation as one line: rule, object, what is wrong. */
export function renderViolation({ rule, object, message }: Violation): string {
  const { namespace, name } = object.metadata;
  return `${rule.id}: ${object.kind} ${namespace === undefined ? name : `${namespace}/${name}`}: ${message}`;
}
