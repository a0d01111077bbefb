import { excuseDangers, programDangers, programFiles } from '../../review/program-files';

test('files of the program are all but documents, tests and data of stacks', () => {
  const changed = [
    'README.md',
    'docs/a.md',
    'test/a.test.ts',
    'Pulumi.ci.yaml',
    'projects/wikimedia.txt',
    'stacks/plan.ts',
    'package.json',
  ];

  expect(programFiles(changed, new Set(['projects/wikimedia.txt']))).toEqual(['package.json', 'stacks/plan.ts']);
});

test('files that decide what is trusted are a danger, others are not', () => {
  expect(programDangers(['core/workflow-policy/rules.ts']).map(({ what }) => what)).toEqual([
    "the policy for projects' definitions changes in code: core/workflow-policy/rules.ts",
  ]);
  expect(programDangers(['package-lock.json'])).toHaveLength(1);
  expect(programDangers(['cli/review/isolation.ts'])).toHaveLength(1);
  expect(programDangers(['stacks/plan.ts', 'constructs/workload.ts'])).toEqual([]);
});

test('being excused from a rule is a danger, and no longer being excused is not', () => {
  const none = { unpinnedImages: [], acceptShortfall: false };
  const some = { unpinnedImages: ['git'], acceptShortfall: true };

  expect(excuseDangers(none, some).map(({ kind, what }) => `${kind}: ${what}`)).toEqual([
    'image: image `git` may stay without a digest (seakeeper:policy)',
    'trust: an update goes on although the system does not fit the machines (acceptShortfall)',
  ]);
  expect(excuseDangers(some, none)).toEqual([]);
  expect(excuseDangers(some, some)).toEqual([]);
});
