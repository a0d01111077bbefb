import type { FieldPolicy, PolicyTable, Rule, TypePolicy } from '../../core/workflow-policy/policy';
import type { Validation } from '../admission-policy';
import { celLiteral, celSet } from './cel-literal';
import { nothingIn, ruleExpression, shapeExpression } from './cel-rules';
import { type Collected, collectTypes, everyObject, objectsOf, ofEveryObject, type Root } from './collect-types';
import { ruleWords } from './rule-words';

/** Where people look a field up. */
const PAGE = 'docs/reference/workflow-fields.md';

/** A table in CEL: what must hold of a document, and the names its expressions use. */
export interface CompiledFields {
  readonly variables: Readonly<Record<string, string>>;
  readonly validations: readonly Validation[];
}

/** Properties for `compileFields`. */
export interface CompileFieldsProps {
  readonly table: PolicyTable;
  /** Type the document begins with, and what there is of it. */
  readonly root: Root;
  /**
   * Objects that lie outside it.
   *
   * @default - none
   */
  readonly others?: readonly Root[];
  /** Whether the trigger asks, in CEL; it may write what rows call `ours`. */
  readonly byTrigger: string;
}

/**
 * The table as admission checks it. Every type has a list of the fields it may have, so that one the table does not know
 * is refused; every field that may stay has its shape and rules; a field of ours is absent or what we would write.
 */
export function compileFields(props: CompileFieldsProps): CompiledFields {
  const collected = collectTypes(props.table, props.root, props.others);
  const types = collected.flatMap((each) => {
    const type = props.table[each.type];
    return type === undefined ? [] : [{ each, type }];
  });
  return {
    variables: {
      byTrigger: props.byTrigger,
      ...Object.fromEntries(types.map(({ each }) => [objectsOf(each.type), each.expression])),
    },
    validations: types.flatMap(({ each, type }) => compileType(each, type)),
  };
}

/** Fields an object of the type may have at all. */
const admitted = (type: TypePolicy): string[] =>
  Object.entries(type.fields)
    .filter(([, policy]) => mayBeThere(policy))
    .map(([field]) => field);

const mayBeThere = ({ decision, value, ours }: FieldPolicy): boolean =>
  decision === 'force' ? value !== undefined || ours !== undefined : decision !== 'deny';

function compileType(each: Collected, type: TypePolicy): Validation[] {
  const known = celSet(admitted(type));
  const unknown = ofEveryObject(each, `o.filter(field, !(field in ${known}))`);
  const required = type.required ?? [];
  return [
    {
      expression: everyObject(each, `type(o) == map && o.all(field, field in ${known})`),
      message: `${type.schema} has a field that is not allowed; allowed are ${admitted(type).join(', ')}; see ${PAGE}`,
      messageExpression: `'${type.schema} may not have: ' + '%s'.format([${unknown}]).findAll('[A-Za-z0-9_./-]{1,60}').join(', ') + '; remove it; ${PAGE} says why'`,
    },
    ...(required.length === 0
      ? []
      : [
          {
            expression: everyObject(
              each,
              required.map((field) => `has(o.${field}) && o.${field} != null`).join(' && '),
            ),
            message: `${type.schema} needs ${required.join(', ')}; add what is missing; see ${PAGE}`,
          },
        ]),
    ...Object.entries(type.fields).flatMap(([field, policy]) => {
      const holds = fieldExpression(policy, `o.${field}`, required.includes(field));
      return holds === undefined
        ? []
        : [
            {
              expression: everyObject(each, `!has(o.${field}) || o.${field} == null || (${holds})`),
              message: fieldMessage(type, field, policy),
            },
          ];
    }),
  ];
}

/** What must hold of a field that is there, in CEL; undefined when nothing must. */
function fieldExpression(policy: FieldPolicy, value: string, required: boolean): string | undefined {
  switch (policy.decision) {
    case 'deny':
      // It is not among the type's fields.
      return undefined;
    case 'strip':
      return nothingIn(value);
    case 'force':
      return forced(policy, value);
    default: {
      const byRules = ruled(policy, value, required);
      const byOurs = policy.ours && ruled({ ...policy, ...policy.ours }, value, required);
      return byOurs === undefined ? byRules : `variables.byTrigger ? (${byOurs}) : (${byRules ?? 'true'})`;
    }
  }
}

function forced({ value: fixed, ours }: FieldPolicy, value: string): string | undefined {
  const byHand = fixed === undefined ? 'false' : `${value} == ${celLiteral(fixed)}`;
  if (ours === undefined) {
    return fixed === undefined ? undefined : byHand;
  }
  const byTrigger = ruled({ decision: 'limit', ...ours }, value, true) ?? 'true';
  return `variables.byTrigger ? (${byTrigger}) : (${byHand})`;
}

function ruled({ shape = 'json', rules = [] }: FieldPolicy, value: string, required: boolean): string | undefined {
  const parts = [
    shapeExpression(shape, value),
    ...rules.map((rule: Rule) => ruleExpression(rule, shape, value)),
  ].filter((part) => part !== undefined);
  if (parts.length === 0) {
    return undefined;
  }
  const all = parts.map((part) => (part.includes('||') ? `(${part})` : part)).join(' && ');
  // Go writes '' for a name that was not set.
  return (shape === 'string' || shape === 'scalar') && !required && parts.length > 1
    ? `${value} == '' || (${all})`
    : all;
}

function fieldMessage(type: TypePolicy, field: string, policy: FieldPolicy): string {
  const reason = policy.reason === undefined ? '' : `: ${policy.reason}`;
  const cure = policy.decision === 'force' || policy.decision === 'strip' ? 'leave it out' : 'correct it';
  return `${type.schema}.${field} must be ${ruleWords(policy)}${reason}; ${cure}`;
}
