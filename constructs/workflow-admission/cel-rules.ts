import type { Rule, Shape } from '../../core/workflow-policy/policy';
import { QUANTITY_PATTERN } from '../../core/workflow-policy/rules';
import { CURATED_TEMPLATES } from '../../core/workflow-policy/table';
import { celList, celLiteral } from './cel-literal';

const WHOLE_NUMBER = "'^-?[0-9]{1,15}$'";

/**
 * That a value has a shape, in CEL; undefined when any value will do. Objects are only said to be maps: their fields are
 * checked where their type is. Whole numbers may be text, as Argo itself takes them.
 */
export function shapeExpression(shape: Shape, value: string): string | undefined {
  if (typeof shape === 'object') {
    if ('object' in shape) {
      return `type(${value}) == map`;
    }
    if ('list' in shape) {
      const item = shapeExpression(shape.list, 'item');
      return `type(${value}) == list${item === undefined ? '' : ` && ${value}.all(item, ${item})`}`;
    }
    const inner = shapeExpression(shape.map, `${value}[key]`);
    return `type(${value}) == map${inner === undefined ? '' : ` && ${value}.all(key, ${inner})`}`;
  }
  switch (shape) {
    case 'string':
      return `type(${value}) == string`;
    case 'boolean':
      return `type(${value}) == bool`;
    case 'integer':
      return `(type(${value}) == int || (type(${value}) == string && ${value}.matches(${WHOLE_NUMBER})))`;
    case 'number':
      return typeIn(value, 'int', 'double');
    case 'scalar':
      return typeIn(value, 'string', 'int', 'double', 'bool');
    case 'quantity':
      return `(type(${value}) == string ? ${value}.matches(${celLiteral(QUANTITY_PATTERN)}) : (type(${value}) == int && ${value} >= 0))`;
    case 'empty':
      return `type(${value}) == map && size(${value}) == 0`;
    case 'json':
      return undefined;
  }
}

/** That a value has one of these types of CEL. A list of types would have to be of one type itself. */
export const typeIn = (value: string, ...types: readonly string[]): string =>
  `(${types.map((type) => `type(${value}) == ${type}`).join(' || ')})`;

/** That there is nothing in a value: what Go writes for a field that was not set. */
export const nothingIn = (value: string): string => `${typeIn(value, 'map', 'list', 'string')} && size(${value}) == 0`;

/** That a value of that shape keeps a rule, in CEL; undefined when the rule is left to the sanitiser. */
export function ruleExpression(rule: Rule, shape: Shape, value: string): string | undefined {
  switch (rule.kind) {
    case 'max-items':
      return `size(${value}) <= ${rule.max}`;
    case 'max-bytes':
      return `${sumOfBytes(shape, value)} <= ${rule.max}`;
    case 'keys':
      return `${value}.all(key, key.matches(${celLiteral(rule.keep)}))`;
    case 'curated-template':
      return curated(value);
    case 'template-name':
    case 'volume-name':
      return undefined;
    default:
      return eachLeaf(shape, value, (leaf, leafShape) => leafExpression(rule, leafShape, leaf));
  }
}

/** Rules that the API server leaves to the sanitiser and, where it matters, to Argo itself. */
export const isLeftToSanitiser = (rule: Rule): boolean => rule.kind === 'template-name' || rule.kind === 'volume-name';

type LeafRule = Exclude<
  Rule,
  { kind: 'max-items' | 'max-bytes' | 'keys' | 'curated-template' | 'template-name' | 'volume-name' }
>;

function leafExpression(rule: LeafRule, shape: Shape, leaf: string): string {
  const asText = shape === 'string' ? leaf : `string(${leaf})`;
  switch (rule.kind) {
    case 'one-of':
      return rule.values.length === 1
        ? `${leaf} == ${celLiteral(rule.values[0] ?? '')}`
        : `${leaf} in ${celList(rule.values)}`;
    case 'each-one-of':
      return `${asText} in ${celList(rule.values)}`;
    case 'range':
      return `int(${leaf}) >= ${rule.min} && int(${leaf}) <= ${rule.max}`;
    case 'max-quantity':
      return `quantity(string(${leaf})).compareTo(quantity(${celLiteral(rule.max)})) <= 0`;
    case 'pattern':
      return `${asText}.matches(${celLiteral(rule.pattern)})`;
    case 'not-pattern':
      return `!${asText}.matches(${celLiteral(rule.pattern)})`;
    case 'no-template':
      return `!${asText}.contains('{{')`;
  }
}

/** The same about every single value in it; one value is itself. */
function eachLeaf(shape: Shape, value: string, about: (leaf: string, shape: Shape) => string): string {
  if (typeof shape === 'object' && 'list' in shape) {
    return `${value}.all(item, ${about('item', shape.list)})`;
  }
  if (typeof shape === 'object' && 'map' in shape) {
    return `${value}.all(key, ${about(`${value}[key]`, shape.map)})`;
  }
  return about(value, shape);
}

function sumOfBytes(shape: Shape, value: string): string {
  const bytes = (leaf: string, of: Shape) => `size(bytes(${of === 'string' ? leaf : `string(${leaf})`}))`;
  if (typeof shape === 'object' && 'list' in shape) {
    return `${value}.map(item, ${bytes('item', shape.list)}).sum()`;
  }
  if (typeof shape === 'object' && 'map' in shape) {
    return `${value}.map(key, ${bytes(`${value}[key]`, shape.map)}).sum()`;
  }
  return bytes(value, shape);
}

function curated(value: string): string {
  const known = Object.entries(CURATED_TEMPLATES).flatMap(([name, templates]) =>
    templates.map((template) => `${name}/${template}`),
  );
  // A reference that lacks a part is refused where its type is.
  const parts = ['clusterScope', 'name', 'template'].map((part) => `has(${value}.${part})`).join(' && ');
  return `${parts} && ${value}.clusterScope == true && ${value}.name + '/' + ${value}.template in ${celList(known)}`;
}
