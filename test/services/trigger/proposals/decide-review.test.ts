import fc from 'fast-check';
import { secretsNamedIn } from '../../../../core/named-secrets';
import { RUNNER_SERVICE_ACCOUNTS } from '../../../../core/project';
import { decideReview } from '../../../../services/trigger/proposals/decide-review';
import { COMMIT, DEFINITION, renderRun } from '../fixtures';
import { file, PATH, POST, reviewFacts, textOf, withContainer } from './fixtures';

const WITH_REQUESTS =
  '{image: "node:20", command: [npm, test], resources: {requests: {cpu: "1", memory: 1Gi}, limits: {memory: 1Gi}}}';
const LOOPED = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
spec:
  entrypoint: all
  parallelism: 2
  templates:
    - name: all
      steps:
        - - {name: checkout, templateRef: {name: seakeeper-checkout, template: checkout, clusterScope: true}}
        - - {name: each, template: one, withItems: [a, b, c]}
    - name: one
      container: ${WITH_REQUESTS}
`;

describe('a proposed definition', () => {
  test('that is new and valid is told with all that it may do, what it costs and what it would have run on', () => {
    const { findings, summary, definitionCommit } = decideReview(reviewFacts([file(LOOPED)]));

    expect(findings).toEqual([]);
    expect(definitionCommit).toBe(COMMIT);
    expect(summary).toEqual([
      'seakeeper/check.yaml: new in pipeline check',
      '  permissions: those of ServiceAccount runner-pre-review',
      '  secrets: none',
      "  egress: through the fence of the project's namespace, in which a definition has no say",
      '  images: node:20',
      '  curated templates: seakeeper-checkout/checkout',
      // 3 × (1 core + Argo's 10m) and the checkout's 50m + 10m; two of the three at once.
      '  cost of a run: 4 pods asking for cpu 3090m and memory 3264Mi together, cpu 2020m and memory 2112Mi at once at most',
      '  dry run: 12 of the last 200 events of the project would have triggered it, and 3 more may have: that hangs on what only Gerrit knows (files, votes, …)',
    ]);
  });

  test('that changes a merged one is told by what comes and goes', () => {
    const { summary } = decideReview(reviewFacts([file(withContainer(WITH_REQUESTS), DEFINITION)]));

    expect(summary).toEqual([
      'seakeeper/check.yaml: changes what runs in pipeline check',
      '  permissions: those of ServiceAccount runner-pre-review, as before',
      '  secrets: none, as before',
      "  egress: through the fence of the project's namespace, in which a definition has no say",
      '  images: + node:20, - busybox:1.36',
      expect.stringMatching(/cost of a run: 1 pod asking.* cpu 1010m .* \(before: 1 pod .* cpu 10m .*\)$/),
      expect.stringContaining('dry run: 12 of the last 200 events'),
    ]);
  });

  test('that is the merged one changes nothing', () => {
    const [, ...lines] = decideReview(reviewFacts([file(DEFINITION, DEFINITION)])).summary;

    expect(lines.filter((line) => !/as before$|egress|dry run/.test(line))).toEqual([]);
  });

  test('that is taken away says what runs no more', () => {
    expect(decideReview(reviewFacts([file(undefined, DEFINITION)]))).toMatchObject({
      findings: [],
      summary: [
        'seakeeper/check.yaml: removed. Nothing runs in pipeline check once this is merged',
        expect.stringContaining('12 of the last 200 events of the project triggered it'),
      ],
    });
  });

  test('that is not valid has every finding at its line, the same that a run would be refused for', () => {
    const bad = DEFINITION.replace(
      '  entrypoint: main\n',
      '  entrypoint: main\n  hostNetwork: true\n  suspend: true\n',
    );
    const text = textOf(bad);
    const { findings, summary } = decideReview(reviewFacts([file(bad)]));

    expect(text !== 'no-file' && !text.ok && text.error).toEqual(findings);
    expect(findings.map(({ path, line }) => [path, line])).toEqual([
      [PATH, 5],
      [PATH, 6],
    ]);
    expect(summary).toEqual(['seakeeper/check.yaml: would run nothing, 2 problems']);
  });

  test('that mends a merged one which is refused is compared with nothing', () => {
    const { findings, summary } = decideReview(reviewFacts([file(DEFINITION, 'kind: Pod\n')]));

    expect(findings).toEqual([]);
    expect(summary.slice(0, 2)).toEqual([
      'seakeeper/check.yaml: changes what runs in pipeline check',
      '  permissions: those of ServiceAccount runner-pre-review',
    ]);
  });

  test('that is larger than its namespace allows could never begin', () => {
    const room = { hard: { 'requests.cpu': 0.5 }, limits: { defaultRequest: {}, default: {}, max: {} } };
    const { findings } = decideReview(reviewFacts([file(withContainer(WITH_REQUESTS))], { room }));

    expect(findings).toMatchObject([
      { path: PATH, line: 1, message: expect.stringContaining('a single pod of this Workflow wants') },
    ]);
  });

  test('of a project without a namespace is read all the same', () => {
    const facts = reviewFacts([file(DEFINITION)], {
      place: { kind: 'absent' },
      room: undefined,
      dryRun: { events: 0, pipelines: {} },
    });

    expect(decideReview(facts).findings).toEqual([]);
    expect(decideReview(facts).summary.at(-1)).toBe('  dry run: no event of the project is recorded yet');
  });

  test('of a project whose name can be no parameter would never run', () => {
    const { findings } = decideReview(reviewFacts([file(DEFINITION)], { project: 'with space' }));

    expect(findings).toMatchObject([{ line: 1, message: expect.stringContaining('parameter project') }]);
  });
});

describe('a file that no pipeline reads', () => {
  const stray = (proposed: string | undefined) =>
    file(proposed, undefined, { path: 'seakeeper/chek.yaml', pipeline: undefined, merged: undefined });

  test('is a problem, and the names that there are are told', () => {
    expect(decideReview(reviewFacts([stray(DEFINITION)])).findings).toEqual([
      {
        path: 'seakeeper/chek.yaml',
        line: 1,
        column: 1,
        message:
          'no pipeline reads this file, there are seakeeper/check.yaml, seakeeper/post.yaml; rename it, or leave it out',
      },
    ]);
  });

  test('may go', () => {
    expect(decideReview(reviewFacts([stray(undefined)]))).toEqual({ kind: 'reviewed', findings: [], summary: [] });
  });
});

test('more files than anybody looks through are not silently left out', () => {
  const facts = reviewFacts([file(DEFINITION)], { omitted: ['seakeeper/x.yaml', 'seakeeper/y.yaml'] });

  expect(decideReview(facts).findings).toMatchObject([
    { path: 'seakeeper/x.yaml', message: expect.stringContaining('2 files from here on were not looked at') },
  ]);
});

describe('secrets and trust', () => {
  const NAMES_A_SECRET = [
    '{image: busybox, command: [env], env: [{name: A, valueFrom: {secretKeyRef: {name: artifact-store, key: accesskey}}}]}',
    '{image: busybox, command: [env], envFrom: [{secretRef: {name: artifact-store}}]}',
  ];

  test.each(NAMES_A_SECRET)('a definition that names a Secret is refused before its review: %s', (container) => {
    expect(decideReview(reviewFacts([file(withContainer(container))])).findings).not.toEqual([]);
  });

  test.each(['pre-review', 'post-review'] as const)('what runs %s names no Secret and has its own account', (trust) => {
    const { spec } = renderRun('ci-x', { trust }, LOOPED);

    expect(secretsNamedIn(spec)).toEqual([]);
    expect(spec['serviceAccountName']).toBe(RUNNER_SERVICE_ACCOUNTS[trust]);
  });

  test('a definition for reviewed code says that it has the rights of reviewed code', () => {
    const { summary } = decideReview(reviewFacts([file(DEFINITION, undefined, { pipeline: POST })]));

    expect(summary[1]).toBe('  permissions: those of ServiceAccount runner-post-review');
  });
});

test('is bounded, and one answer for the same facts, whatever text is proposed', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom(DEFINITION, LOOPED, 'kind: Pod\n'),
  );
  fc.assert(
    fc.property(fc.array(text, { maxLength: 8 }), text, (proposals, merged) => {
      const files = proposals.map((one) => file(one, merged));
      const review = decideReview(reviewFacts(files));

      expect(decideReview(reviewFacts(files))).toEqual(review);
      expect(review.findings.length).toBeLessThanOrEqual(60);
      expect(Buffer.byteLength(JSON.stringify(review))).toBeLessThan(256 * 1024);
      expect(review.findings.length === 0).toBe(files.every(({ proposed }) => proposed !== 'no-file' && proposed.ok));
    }),
    { numRuns: 100 },
  );
});
