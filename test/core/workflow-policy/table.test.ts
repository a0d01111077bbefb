import { readFileSync } from 'node:fs';
import { CuratedTemplate } from '../../../core/curated-templates';
import type { FieldPolicy, Shape } from '../../../core/workflow-policy/policy';
import { CURATED_TEMPLATES, ROOT_TYPE, WORKFLOW_POLICY } from '../../../core/workflow-policy/table';
import { type ArgoFields, FIELDS_FILE } from '../../../policy/generate-argo-fields';

const ARGO: ArgoFields = JSON.parse(readFileSync(FIELDS_FILE, 'utf8'));
const TYPES = Object.entries(WORKFLOW_POLICY);
const ROWS = TYPES.flatMap(([type, { schema, fields }]) =>
  Object.entries(fields).map(([field, policy]) => ({ row: `${type}.${field}`, schema, field, policy })),
);

/** A shape in the words of the generated list. */
function wordsFor(shape: Shape): RegExp {
  if (typeof shape !== 'string') {
    if ('list' in shape) {
      return new RegExp(`^(${wordsFor(shape.list).source.slice(1, -1)})\\[\\]$`);
    }
    return 'map' in shape
      ? new RegExp(`^map of (${wordsFor(shape.map).source.slice(1, -1)})$`)
      : new RegExp(`^${WORKFLOW_POLICY[shape.object]?.schema.replace('.', '\\.')}$`);
  }
  return {
    string: /^string$/,
    boolean: /^boolean$/,
    integer: /^(integer|IntOrString)$/,
    number: /^number$/,
    scalar: /^(string|IntOrString)$/,
    quantity: /^Quantity$/,
    empty: /^(NoneStrategy|ZipStrategy)$/,
    json: /^(Item|any)$/,
  }[shape];
}

test.each(TYPES)('every field of %s that Argo knows is classified', (_name, { schema, fields }) => {
  const known = Object.keys(ARGO[schema] ?? {});

  expect(known.length).toBeGreaterThan(0);
  expect(known.filter((field) => fields[field] === undefined)).toEqual([]);
});

test('a field that Argo 3.7.18 does not know is marked as later', () => {
  const unmarked = ROWS.filter(
    ({ schema, field, policy }) => ARGO[schema]?.[field] === undefined && policy.since === undefined,
  );

  expect(unmarked.map(({ row }) => row)).toEqual([]);
});

test('what is kept has the type that Argo gives it', () => {
  const wrong = ROWS.flatMap(({ row, schema, field, policy }) => {
    const given = ARGO[schema]?.[field] ?? '';
    const resolved = given.replaceAll('ParallelSteps', ARGO['ParallelSteps']?.[''] ?? '');
    return policy.shape !== undefined && !wordsFor(policy.shape).test(resolved) ? [`${row} is ${given}`] : [];
  });

  expect(wrong).toEqual([]);
});

test('what is kept has a shape, what is bounded has rules or fields of its own, and the rest has a reason', () => {
  const incomplete = ROWS.filter(({ policy }) => !isComplete(policy));

  expect(incomplete.map(({ row }) => row)).toEqual([]);
});

test('every type can be reached from a definition, and every type reached is there', () => {
  const reached = new Set<string>();
  const visit = (shape: Shape | undefined): void => {
    if (shape === undefined || typeof shape === 'string') return;
    if ('list' in shape) {
      visit(shape.list);
    } else if ('map' in shape) {
      visit(shape.map);
    } else if (!reached.has(shape.object)) {
      reached.add(shape.object);
      for (const policy of Object.values(WORKFLOW_POLICY[shape.object]?.fields ?? {})) visit(policy.shape);
    }
  };
  visit({ object: ROOT_TYPE });

  expect([...reached].sort()).toEqual(Object.keys(WORKFLOW_POLICY).sort());
});

test('patterns are plain enough for every engine that reads the table', () => {
  const patterns = ROWS.flatMap(({ policy }) =>
    (policy.rules ?? []).flatMap((rule) => {
      switch (rule.kind) {
        case 'pattern':
        case 'not-pattern':
          return [rule.pattern];
        case 'keys':
          return [rule.keep, ...(rule.refuse === undefined ? [] : [rule.refuse])];
        default:
          return [];
      }
    }),
  );

  expect(patterns.filter((pattern) => /\(\?[=!<]|\\[1-9]/.test(pattern))).toEqual([]);
});

test('the curated templates are those that are published', () => {
  expect(Object.keys(CURATED_TEMPLATES)).toEqual(Object.values(CuratedTemplate));
});

function isComplete({ decision, shape, rules, reason, whenSet }: FieldPolicy): boolean {
  switch (decision) {
    case 'allow':
      return shape !== undefined;
    case 'limit':
      return shape !== undefined && reason !== undefined && ((rules?.length ?? 0) > 0 || typeof shape === 'object');
    case 'force':
      return shape === undefined && reason !== undefined && whenSet !== undefined;
    default:
      return shape === undefined && reason !== undefined;
  }
}
