import { compileFields } from '../../../constructs/workflow-admission/compile-fields';
import { workflowControllerConfig } from '../../../constructs/workflow-controller-config';
import { allow, deny, limit, list, object, type PolicyTable, reserve } from '../../../core/workflow-policy/policy';
import { between } from '../../../core/workflow-policy/rules';
import { WORKFLOW_POLICY } from '../../../core/workflow-policy/table';

const compile = (table: PolicyTable) =>
  compileFields({ table, root: { type: 'Root', expression: '[object.spec]' }, byTrigger: 'false' });

const TABLE: PolicyTable = {
  Root: {
    schema: 'Root',
    fields: { leaves: allow(list(object('Leaf'))), one: allow(object('Leaf')), never: deny('it is not for you') },
  },
  Leaf: { schema: 'Leaf', fields: { size: limit('integer', 'leaves are small', between(1, 9)) } },
};

test('objects of a type from all its places are in one variable, lists in lists of one depth, none of them empty', () => {
  const { variables } = compile(TABLE);

  expect(variables['objectsLeaf']).toBe(
    'variables.objectsRoot.filter(o, has(o.leaves) && o.leaves != null).map(o, o.leaves) + [variables.objectsRoot.filter(o, has(o.one) && o.one != null).map(o, o.one)].filter(l, size(l) > 0)',
  );
});

test('a rule of a type is written once, however many places the type has', () => {
  const sizes = compile(TABLE).validations.filter(({ message }) => message.startsWith('Leaf.size'));

  expect(sizes).toHaveLength(1);
  expect(sizes[0]?.message).toBe('Leaf.size must be a whole number, 1 to 9: leaves are small; correct it');
});

test('a field that is denied is not among those a type may have, nor is one that the table does not know', () => {
  const [known] = compile(TABLE).validations;

  expect(known?.expression).toContain("field in {'leaves': true, 'one': true}");
});

test('a type that can hold itself is refused: its depth would have no bound', () => {
  const endless: PolicyTable = {
    Root: { schema: 'Root', fields: { inner: allow(object('Inner')) } },
    Inner: { schema: 'Inner', fields: { again: allow(object('Inner')) } },
  };

  expect(() => compile(endless)).toThrow(/Inner hold each other/);
});

test('a value of ours is the only one that may be written by hand', () => {
  const forced: PolicyTable = { Root: { schema: 'Root', fields: { account: reserve('it is ours', 'runner') } } };

  const [, rule] = compile(forced).validations;

  expect(rule?.expression).toContain("(o.account == 'runner')");
  expect(rule?.message).toBe('Root.account must be absent or runner: it is ours; leave it out');
});

test('the workflow-controller supplies every value that admission takes from nobody else', () => {
  const { workflowDefaults = '' } = workflowControllerConfig({
    parallelism: 1,
    namespaceParallelism: 1,
    podsPerSecond: 1,
  });
  const fields = Object.entries(WORKFLOW_POLICY['WorkflowSpec']?.fields ?? {});
  const forced = fields.flatMap(([field, { value }]) => (value === undefined ? [] : [[field, value]]));

  expect(forced.length).toBeGreaterThan(5);
  expect(JSON.parse(workflowDefaults)).toMatchObject({ spec: Object.fromEntries(forced) });
});
