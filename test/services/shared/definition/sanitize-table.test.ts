import { sanitizeDefinition } from '../../../../services/shared/definition/sanitize-definition';
import { badValue, definitionWith, goodValue, ROWS } from './definition-samples';

const FILE = 'seakeeper/check.yaml';
const names = (rows: typeof ROWS) => rows.map((row) => [row.row, row] as const);

const refused = ROWS.filter(
  ({ policy }) => policy.decision === 'deny' || (policy.decision === 'force' && policy.whenSet === 'refuse'),
);
const dropped = ROWS.filter(
  ({ policy }) => policy.decision === 'strip' || (policy.decision === 'force' && policy.whenSet === 'overwrite'),
);
const kept = ROWS.filter(({ policy }) => policy.decision === 'allow' || policy.decision === 'limit');

test.each(names(refused))('%s is refused with its line and the cure', (_name, { type, field, policy }) => {
  const { text, line } = definitionWith(type, field, 'anything');

  const result = sanitizeDefinition(FILE, text);

  expect(result).toMatchObject({ ok: false });
  const findings = result.ok ? [] : result.error;
  const mine = findings.filter((finding) => finding.line === line);
  expect(mine).toHaveLength(1);
  expect(mine[0]).toMatchObject({ path: FILE });
  expect(mine[0]?.message).toContain(`${field} `);
  expect(mine[0]?.message).toContain("'anything'");
  expect(mine[0]?.message).toContain(policy.reason);
  expect(mine[0]?.message).toContain('remove it');
});

test.each(names(dropped))('%s changes nothing', (_name, { type, field }) => {
  const { text } = definitionWith(type, field, 'anything');

  const result = sanitizeDefinition(FILE, text);

  expect(result).toMatchObject({ ok: true });
  expect(JSON.stringify(result)).not.toContain('anything');
});

test.each(names(kept))('%s is accepted with a good value', (_name, { type, field, policy }) => {
  const { text } = definitionWith(type, field, goodValue(type, field, policy));

  expect({ text, result: sanitizeDefinition(FILE, text) }).toMatchObject({ result: { ok: true } });
});

const bounded = kept.filter(({ policy }) => (policy.rules ?? []).some(({ kind }) => kind !== 'keys'));

test.each(names(bounded))('%s is refused outside its bounds', (_name, { type, field, policy }) => {
  for (const rule of policy.rules ?? []) {
    const bad = badValue(rule, policy.shape);
    if (bad !== undefined) {
      const { text } = definitionWith(type, field, bad);
      expect({ rule, result: sanitizeDefinition(FILE, text) }).toMatchObject({ result: { ok: false } });
    }
  }
});

test.each([...new Set(ROWS.map(({ type }) => type))])('an unknown field of %s is refused', (type) => {
  const { text, line } = definitionWith(type, 'zzUnknown', 'anything');

  const result = sanitizeDefinition(FILE, text);

  expect(result.ok ? [] : result.error).toContainEqual(
    expect.objectContaining({ line, message: expect.stringContaining('no field that is known here') }),
  );
});
