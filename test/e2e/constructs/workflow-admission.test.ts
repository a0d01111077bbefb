import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { TenantAdmissionChart } from '../../../constructs/tenant-admission-chart';
import { POOLS } from '../../../core/pool';
import { demoDefinition } from '../../../local/demo/demo-definition';
import { type SanitizedDefinition, sanitizeDefinition } from '../../../services/shared/definition/sanitize-definition';
import { type RunFacts, renderWorkflow } from '../../../services/trigger/render-workflow';
import { badValue, definitionWith, goodValue, ROWS } from '../../services/shared/definition/definition-samples';
import { asFile, LARGE, largeDefinition } from '../../services/shared/definition/large-definitions';
import { COMMIT, event, KEY, pipeline } from '../../services/trigger/fixtures';
import { type AdmissionServer, type Caller, NAMESPACE, startAdmissionServer } from '../support/admission-server';
import { oneStep } from '../support/definitions';

jest.setTimeout(180_000);

const FILE = 'seakeeper/check.yaml';
/** What the API server itself keeps of an object; the policies have rules of their own for it. */
const OBJECT = new Set(['Workflow', 'WorkflowMetadata']);
const rows = ROWS.filter(({ type }) => !OBJECT.has(type));
const names = (some: typeof ROWS) => some.map((row) => [row.row, row] as const);

const Definition = z.looseObject({ metadata: z.looseObject({}).default({}), spec: z.looseObject({}) });
type Definition = z.infer<typeof Definition>;

let server: AdmissionServer;

beforeAll(async () => {
  server = await startAdmissionServer((app) => [new TenantAdmissionChart(app, 'tenant-admission')], {
    caller: 'owner',
    object: workflow(Definition.parse(parse(definitionWith('WorkflowSpec', 'hostNetwork', true).text))),
  });
});

afterAll(() => server?.stop());

function workflow({ metadata, ...rest }: Definition): object {
  return {
    ...rest,
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: { ...metadata, name: 'by-hand', namespace: NAMESPACE },
  };
}

const submit = (text: string, caller: Caller = 'owner') =>
  server.askToCreate(caller, workflow(Definition.parse(parse(text))));

describe('both doors', () => {
  const refused = rows.filter(
    ({ policy }) => policy.decision === 'deny' || (policy.decision === 'force' && policy.whenSet === 'refuse'),
  );
  test.each(names(refused))('refuse %s', async (_name, { type, field }) => {
    const { text } = definitionWith(type, field, 'anything');

    expect(sanitizeDefinition(FILE, text)).toMatchObject({ ok: false });
    const answer = await submit(text);
    expect(answer).toContain(field);
    expect(answer).toMatch(/denied request/);
  });

  const kept = rows.filter(({ policy }) => policy.decision === 'allow' || policy.decision === 'limit');
  test.each(names(kept))('accept %s', async (_name, { type, field, policy }) => {
    const { text } = definitionWith(type, field, goodValue(type, field, policy));

    expect(sanitizeDefinition(FILE, text)).toMatchObject({ ok: true });
    expect(await submit(text)).toBe('admitted');
  });

  const bounded = kept.flatMap((row) =>
    (row.policy.rules ?? []).flatMap((rule) => {
      const bad = badValue(rule, row.policy.shape);
      // A name that leads nowhere harms nobody but its run; who submits by hand hears it from Argo.
      const elsewhere = rule.kind === 'template-name' || rule.kind === 'volume-name';
      return bad === undefined || elsewhere ? [] : [[`${row.row} (${rule.kind})`, row, bad] as const];
    }),
  );
  test.each(bounded)('refuse %s outside its bounds', async (_name, { type, field }, bad) => {
    const { text } = definitionWith(type, field, bad);

    expect(sanitizeDefinition(FILE, text)).toMatchObject({ ok: false });
    expect(await submit(text)).toMatch(/denied request/);
  });

  test.each([...new Set(rows.map(({ type }) => type))])('refuse a field of %s that nobody knows', async (type) => {
    const { text } = definitionWith(type, 'zzUnknown', 'anything');

    expect(sanitizeDefinition(FILE, text)).toMatchObject({ ok: false });
    expect(await submit(text)).toContain('zzUnknown');
  });

  const docs = join(__dirname, '../../../docs');
  const examples = readdirSync(join(docs, 'examples')).map((name) =>
    readFileSync(join(docs, 'examples', name), 'utf8'),
  );
  const onPages = [...readFileSync(join(docs, 'definitions.md'), 'utf8').matchAll(/```yaml\n(apiVersion[^`]*)```/g)];
  const busybox = { repository: 'registry.test/busybox', tag: '1.37.0' };
  test.each([
    ...examples.map((text, index) => [`example ${index + 1} of the documentation`, text] as const),
    ...onPages.map(([, text = ''], index) => [`piece ${index + 1} of the page on definitions`, text] as const),
    ["the demo's", demoDefinition(busybox)] as const,
    ["the tests' own", oneStep(busybox, 'echo done', '100m')] as const,
  ])('accept %s', async (_, text) => {
    expect(sanitizeDefinition(FILE, text)).toMatchObject({ ok: true });
    expect(await submit(text)).toBe('admitted');
  });

  test.each(Object.entries(LARGE))('accept the largest definition by its %s', async (way, { most }) => {
    const text = asFile(largeDefinition(way, most));

    const sanitized = sanitizeDefinition(FILE, text);
    expect(sanitized).toMatchObject({ ok: true });
    expect(await submit(text)).toBe('admitted');
    const run = sanitized.ok && renderWorkflow(runOf(sanitized.value));
    expect(run !== false && run.ok && (await server.askToCreate('trigger', run.value))).toBe('admitted');
  });

  test('one that is larger than anything that is allowed is refused, not waited for', async () => {
    const text = asFile(largeDefinition('containers', 20_000));

    expect(sanitizeDefinition(FILE, text)).toMatchObject({ ok: false });
    expect(await submit(text)).toContain('larger than 524288 characters');
  });
});

/** What else the trigger knows of a run. */
const runOf = (definition: SanitizedDefinition): RunFacts => ({
  server: 'local',
  fetchUrl: 'http://gerrit.test:8080',
  namespace: NAMESPACE,
  pipeline: pipeline({ trust: 'post-review' }),
  eventKey: KEY,
  event: event(),
  definition,
  definitionCommit: COMMIT,
  pools: POOLS,
  classPool: undefined,
});
