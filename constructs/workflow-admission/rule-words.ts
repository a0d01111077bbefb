import type { FieldPolicy, Rule, Shape } from '../../core/workflow-policy/policy';

/** What a row lets through, in words: for a message and for the reference page. */
export function ruleWords({ decision, shape, rules, value, ours }: FieldPolicy): string {
  switch (decision) {
    case 'deny':
      return 'absent';
    case 'strip':
      return 'absent or empty';
    case 'force':
      return value === undefined
        ? `absent${ours === undefined ? '' : ' in what is submitted by hand'}`
        : `absent or ${plain(value)}`;
    default:
      return [shapeWords(shape ?? 'json'), ...(rules ?? []).map(oneRule)].join(', ');
  }
}

const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const SHAPES = {
  string: 'text',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  scalar: 'one value',
  quantity: 'a quantity such as 500m or 2Gi',
  empty: '{}',
  json: 'any value',
} as const;

function shapeWords(shape: Shape): string {
  if (typeof shape === 'string') return SHAPES[shape];
  if ('object' in shape) return `an object of type ${shape.object}`;
  if ('list' in shape) return `a list of ${several(shape.list)}`;
  return `a map of ${several(shape.map)}`;
}

function several(shape: Shape): string {
  if (typeof shape === 'object') {
    return 'object' in shape ? `type ${shape.object}` : 'list' in shape ? `lists of ${several(shape.list)}` : 'maps';
  }
  return (
    { string: 'text', scalar: 'values', quantity: 'quantities', json: 'any values' }[String(shape)] ?? String(shape)
  );
}

function oneRule(rule: Rule): string {
  switch (rule.kind) {
    case 'one-of':
      return `${rule.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'each-one-of':
      return `each ${rule.values.join(' or ')}`;
    case 'range':
      return `${rule.min} to ${rule.max}`;
    case 'max-items':
      return `at most ${rule.max}`;
    case 'max-bytes':
      return `at most ${rule.max} bytes`;
    case 'max-quantity':
      return `at most ${rule.max}`;
    case 'pattern':
    case 'not-pattern':
      return rule.means;
    case 'keys':
      return `only ${rule.means}`;
    case 'no-template':
      return 'without {{';
    case 'template-name':
      return 'a template of the definition';
    case 'volume-name':
      return 'a volume of the definition';
    case 'curated-template':
      return 'a curated template, with clusterScope: true';
  }
}
