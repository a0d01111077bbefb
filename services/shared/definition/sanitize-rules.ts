import type { Rule } from '../../../core/workflow-policy/policy';
import { QUANTITY_PATTERN, REFERENCE_PATTERN } from '../../../core/workflow-policy/rules';
import { quote } from './sanitize-findings';
import { type JsonValue, objectOf } from './sanitize-json';

const PLAIN_REFERENCE = new RegExp(REFERENCE_PATTERN, 'g');

const SUFFIXES: Readonly<Record<string, number>> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};
const QUANTITY = new RegExp(QUANTITY_PATTERN);

/** Value of a Kubernetes quantity; undefined when it is none that we accept. */
export function quantityOf(text: string): number | undefined {
  const match = QUANTITY.exec(text);
  const factor = SUFFIXES[match?.[2] ?? ''];
  return match?.[1] === undefined || factor === undefined ? undefined : Number(match[1]) * factor;
}

/**
 * What is wrong with the `{{…}}` of a string; undefined when nothing is. Only plain references pass: an expression
 * (`{{=…}}`) runs inside the workflow-controller, and a nested or open one can become an expression later.
 */
export function templateProblem(text: string): string | undefined {
  const rest = text.replace(PLAIN_REFERENCE, '');
  const at = rest.indexOf('{{');
  if (at === -1) {
    return undefined;
  }
  // A finding points at where a value begins; a script is longer than that.
  const line = rest.slice(0, at).split('\n').length;
  const shown = `${quote(rest.slice(at, at + 40))}${rest.includes('\n') ? ` (line ${line} of the text)` : ''}`;
  return rest.startsWith('{{=', at)
    ? `expression ${shown} is not allowed, allowed are plain references such as {{inputs.parameters.name}}; compute it in a step`
    : `${shown} is no reference Argo knows, allowed are plain ones such as {{inputs.parameters.name}}; write { { for text`;
}

/** What a rule has against a value, as `is …, allowed is …`; undefined when nothing or when another pass checks it. */
export function ruleProblem(rule: Rule, value: JsonValue): string | undefined {
  switch (rule.kind) {
    case 'max-items': {
      const size = Array.isArray(value) ? value.length : Object.keys(objectOf(value)).length;
      return size <= rule.max ? undefined : `has ${size} entries, allowed are ${rule.max}`;
    }
    case 'max-bytes': {
      const bytes = leavesIn(value).reduce<number>((sum, leaf) => sum + Buffer.byteLength(String(leaf), 'utf8'), 0);
      return bytes <= rule.max ? undefined : `has ${bytes} bytes, allowed are ${rule.max}`;
    }
    default: {
      const check = leafCheck(rule);
      const bad = check && leavesIn(value).find((leaf) => !check.holds(leaf));
      return check === undefined || bad === undefined ? undefined : `is ${quote(bad)}, allowed is ${check.allowed}`;
    }
  }
}

type Leaf = string | number | boolean;

/** A rule that every single value must keep; undefined for those that are about more than one. */
function leafCheck(rule: Rule): { holds: (leaf: Leaf) => boolean; allowed: string } | undefined {
  switch (rule.kind) {
    case 'one-of':
      return { holds: (leaf) => rule.values.includes(leaf), allowed: rule.values.map(quote).join(' or ') };
    case 'each-one-of':
      return { holds: (leaf) => rule.values.includes(String(leaf)), allowed: rule.values.map(quote).join(' or ') };
    case 'range':
      return {
        holds: (leaf) => typeof leaf === 'number' && leaf >= rule.min && leaf <= rule.max,
        allowed: `${rule.min} to ${rule.max}`,
      };
    case 'max-quantity': {
      const most = quantityOf(rule.max) ?? 0;
      return {
        holds: (leaf) => (quantityOf(String(leaf)) ?? Number.POSITIVE_INFINITY) <= most,
        allowed: `at most ${rule.max}`,
      };
    }
    case 'pattern':
      return { holds: (leaf) => new RegExp(rule.pattern).test(String(leaf)), allowed: rule.means };
    case 'not-pattern':
      return { holds: (leaf) => !new RegExp(rule.pattern).test(String(leaf)), allowed: `one ${rule.means}` };
    case 'no-template':
      return { holds: (leaf) => !String(leaf).includes('{{'), allowed: 'text without {{' };
    default:
      return undefined;
  }
}

function leavesIn(value: JsonValue): readonly Leaf[] {
  if (value === null) {
    return [];
  }
  return typeof value === 'object' ? Object.values(value).flatMap(leavesIn) : [value];
}
