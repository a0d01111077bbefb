import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ensureToolchain, type Toolchain } from '../../../local/toolchain/toolchain';
import { VERSIONS } from '../../../local/toolchain/versions';
import { SUPPRESSIONS, type Suppression } from '../../../policy/suppressions';
import { readStack } from '../../../stacks/config/stack-file';
import { renderCluster } from '../../../stacks/render/render-cluster';

jest.setTimeout(10 * 60_000);

interface LintFinding {
  readonly linter: Suppression['linter'];
  readonly check: string;
  /** `Kind/name`. */
  readonly object: string;
  readonly says: string;
}

/** Stack `ci`: everything of the system, and one project of each class. */
function rendered(): string {
  const inputs = readStack('ci', (path) => readFileSync(join(__dirname, '../../..', path), 'utf8'));
  const classes = Object.keys(inputs.config.classes);
  const projects = classes.flatMap((name) =>
    inputs.config.projects.filter((project) => project.class === name).slice(0, 1),
  );
  expect(projects.map((project) => project.class)).toEqual(classes);
  const objects = [...renderCluster({ ...inputs, config: { ...inputs.config, projects } })];
  // JSON is YAML of every version: what reads 1.1 would take a quoted `on` for a boolean.
  return objects.map(({ object }) => JSON.stringify(object)).join('\n---\n');
}

/** What a linter prints; its exit code says only that there are findings. */
function printedBy(
  program: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<string> {
  const options = { env: { ...process.env, ...environment }, maxBuffer: 2 ** 28 };
  return new Promise((resolve, reject) => {
    execFile(program, [...args], options, (error, stdout, stderr) =>
      stdout === '' ? reject(error ?? new Error(`${program} printed nothing: ${stderr}`)) : resolve(stdout),
    );
  });
}

const Checkov = z.object({
  results: z.object({
    failed_checks: z.array(z.object({ check_id: z.string(), check_name: z.string(), resource: z.string() })),
  }),
  summary: z.object({ passed: z.number(), parsing_errors: z.literal(0) }),
});

async function checkov(toolchain: Toolchain, file: string): Promise<LintFinding[]> {
  const program = 'import runpy, sys; sys.argv[0] = "checkov"; runpy.run_module("checkov.main", run_name="__main__")';
  const args = ['--framework', 'kubernetes', '--output', 'json', '--compact', '--soft-fail', '--skip-download'];
  const printed = await printedBy('python3', ['-c', program, '--file', file, ...args], {
    PYTHONPATH: toolchain.folder('checkov'),
  });
  const { results, summary } = Checkov.parse(JSON.parse(printed.slice(printed.indexOf('{'))));
  expect(summary.passed).toBeGreaterThan(1000);
  return results.failed_checks.map(({ check_id, check_name, resource }) => {
    const [kind, ...rest] = resource.split('.');
    return { linter: 'checkov', check: check_id, object: `${kind}/${rest.at(-1)}`, says: check_name };
  });
}

const KubeScore = z.array(
  z.object({
    type_meta: z.object({ kind: z.string() }),
    object_meta: z.object({ name: z.string() }),
    checks: z.array(
      z.object({
        check: z.object({ id: z.string() }),
        grade: z.number(),
        skipped: z.boolean(),
        comments: z.array(z.object({ summary: z.string() })).nullish(),
      }),
    ),
  }),
);
/** kube-score's grades: 1 critical, 5 warning, 7 almost, 10 fine. */
const WARNING = 5;

async function kubeScore(toolchain: Toolchain, file: string): Promise<LintFinding[]> {
  const version = VERSIONS.kubernetes.split('.').slice(0, 2).join('.');
  const args = [
    'score',
    '--kubernetes-version',
    version,
    '--output-format',
    'json',
    '--exit-one-on-warning=false',
    file,
  ];
  const printed = await printedBy(toolchain.binary('kube-score'), args);
  const scored = KubeScore.parse(JSON.parse(printed));
  expect(scored.length).toBeGreaterThan(50);
  return scored.flatMap(({ type_meta, object_meta, checks }) =>
    checks
      .filter(({ grade, skipped }) => !skipped && grade <= WARNING)
      .map(({ check, comments }) => ({
        linter: 'kube-score',
        check: check.id,
        object: `${type_meta.kind}/${object_meta.name}`,
        says: (comments ?? []).map(({ summary }) => summary).join('; '),
      })),
  );
}

const covers = ({ linter, check, objects }: Suppression, finding: LintFinding): boolean =>
  linter === finding.linter && check === finding.check && (objects?.includes(finding.object) ?? true);

describe('what checkov and kube-score say of everything stack ci would have in the cluster', () => {
  const folder = mkdtempSync(join(tmpdir(), 'seakeeper-lint-'));
  let findings: LintFinding[] = [];

  beforeAll(async () => {
    const toolchain = await ensureToolchain(['checkov', 'kube-score']);
    const file = join(folder, 'rendered.yaml');
    writeFileSync(file, rendered());
    findings = [...(await checkov(toolchain, file)), ...(await kubeScore(toolchain, file))];
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is mended, or left with a reason', () => {
    expect(findings.filter((finding) => !SUPPRESSIONS.some((suppression) => covers(suppression, finding)))).toEqual([]);
  });

  test('needs every suppression there is', () => {
    const unused = (suppression: Suppression) => ({
      ...suppression,
      objects: suppression.objects?.filter(
        (object) => !findings.some((finding) => covers({ ...suppression, objects: [object] }, finding)),
      ),
    });
    const idle = SUPPRESSIONS.filter((suppression) => !findings.some((finding) => covers(suppression, finding)));

    expect(idle).toEqual([]);
    expect(SUPPRESSIONS.flatMap((suppression) => unused(suppression).objects ?? [])).toEqual([]);
  });
});
