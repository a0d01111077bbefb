import { Pipeline, Pipelines, precedenceOf, workflowPipelines } from '../../core/pipeline';

const check = { name: 'check', triggers: [{ event: 'patchset-created' }] };

describe('Pipelines', () => {
  test('fills in the documented defaults', () => {
    expect(Pipelines.parse([check])[0]).toMatchObject({
      manager: 'independent',
      trust: 'pre-review',
      priority: 100,
      timeoutSeconds: 3600,
    });
  });

  test('refuses a pipeline defined twice', () => {
    expect(Pipelines.safeParse([check, check]).error?.issues[0]?.message).toBe("pipeline 'check' is defined twice");
  });

  test.each(['Check', '-check', 'a', 'x'.repeat(33), 'che.ck', 'check_it'])('refuses the name %j', (name) => {
    expect(Pipelines.safeParse([{ ...check, name }]).success).toBe(false);
  });

  test.each(['comment', 'branch', 'ref', 'project'])('refuses a %s pattern that is not RE2, and shows it', (field) => {
    const trigger = { event: 'patchset-created', [field]: '(?=lookahead)' };

    const issue = Pipelines.safeParse([{ ...check, triggers: [trigger] }]).error?.issues[0];
    expect(issue?.path).toEqual([0, 'triggers', 0, field]);
    expect(issue?.message).toMatch(/^'\(\?=lookahead\)' is not an RE2 pattern: \S/);
  });

  const reviews = (...triggers: object[]) => Pipelines.safeParse([{ ...check, manager: 'definitions', triggers }]);
  const OF_CONFIG = { event: 'patchset-created', branch: { plain: 'refs/meta/config' } };

  test('takes a pipeline that reviews definitions when all of its triggers are for refs/meta/config', () => {
    expect(reviews(OF_CONFIG, OF_CONFIG).success).toBe(true);
    const pipelines = Pipelines.parse([
      check,
      { ...check, name: 'definitions', manager: 'definitions', triggers: [OF_CONFIG] },
    ]);
    expect(workflowPipelines(pipelines).map(({ name }) => name)).toEqual(['check']);
  });

  test.each<[string, object]>([
    ['no branch', { event: 'patchset-created' }],
    ['a pattern', { ...OF_CONFIG, branch: '^refs/meta/config$' }],
    ['another branch too', { ...OF_CONFIG, branch: [{ plain: 'refs/meta/config' }, { plain: 'main' }] }],
  ])('refuses one with a trigger that names %s', (_what, trigger) => {
    const issue = reviews(OF_CONFIG, trigger).error?.issues[0];

    expect(issue?.path).toEqual([0, 'triggers']);
    expect(issue?.message).toContain('give every trigger branch: {plain: refs/meta/config}');
  });

  test('refuses a word for the author where nothing could be unmet', () => {
    const trigger = { event: 'patchset-created', unmet: 'Ask somebody.' };

    expect(Pipelines.safeParse([{ ...check, triggers: [trigger] }]).error?.issues[0]?.path).toEqual([
      0,
      'triggers',
      0,
      'unmet',
    ]);
    expect(Pipelines.safeParse([{ ...check, triggers: [{ ...trigger, reject: { wip: true } }] }]).success).toBe(true);
  });

  test('refuses to have a change taken out by a push to a ref, which is about none', () => {
    const dequeue = [{ event: 'comment-added', command: 'cancel' }];
    expect(Pipelines.safeParse([{ ...check, dequeue }]).success).toBe(true);

    const issue = Pipelines.safeParse([{ ...check, dequeue: [{ event: 'ref-updated' }] }]).error?.issues[0];
    expect(issue?.path).toEqual([0, 'dequeue']);
    expect(issue?.message).toContain("'ref-updated' is about no change that pipeline 'check' could stop runs of");
  });

  test.each([
    ['no time', { event: 'timer', branch: { plain: 'main' } }, "a timer of 'check' has no time"],
    ['no plain branch', { event: 'timer', time: '0 3 * * *', branch: 'main' }, 'must name its branches as plain text'],
    ['no branch', { event: 'timer', time: '0 3 * * *' }, 'must name its branches as plain text'],
    [
      'other events',
      { event: ['timer', 'ref-updated'], time: '0 3 * * *', branch: { plain: 'main' } },
      "'timer' stands alone",
    ],
    ['another event', { event: 'ref-updated', time: '0 3 * * *' }, "are for event 'timer'"],
    ['no schedule', { event: 'timer', time: '0 3 * *', branch: { plain: 'main' } }, "'0 3 * *' is no schedule"],
  ])('refuses a timer with %s', (_what, trigger, why) => {
    const message = Pipelines.safeParse([{ ...check, triggers: [trigger] }]).error?.issues[0]?.message;

    expect(message).toContain(why);
  });

  test('refuses a misspelt key instead of ignoring it', () => {
    expect(Pipelines.safeParse([{ ...check, timeoutSecond: 5 }]).success).toBe(false);
  });
});

describe('precedence', () => {
  test.each([
    ['check', 'unreviewed code', {}],
    ['gate', 'reviewed code', { trust: 'post-review', triggers: [{ event: 'change-merged' }] }],
    ['gate', 'a dependent pipeline', { manager: 'dependent' }],
    ['deploy', 'reviewed code that only refs start', { trust: 'post-review', triggers: [{ event: 'ref-updated' }] }],
    ['check', 'unreviewed code that refs start', { triggers: [{ event: 'ref-updated' }] }],
    [
      'periodic',
      'what only timers start',
      { triggers: [{ event: 'timer', time: '0 3 * * *', branch: { plain: 'main' } }] },
    ],
    ['periodic', 'what says so itself', { trust: 'post-review', precedence: 'periodic' }],
  ])('is %s for %s', (precedence, _what, overrides) => {
    expect(precedenceOf(Pipeline.parse({ ...check, ...overrides }))).toBe(precedence);
  });

  test.each(['deploy', 'gate'])(
    '%s is refused for unreviewed code, which anybody could push ahead with',
    (precedence) => {
      const issue = Pipelines.safeParse([{ ...check, precedence }]).error?.issues[0];

      expect(issue?.path).toEqual([0, 'precedence']);
      expect(issue?.message).toContain('allowed are: check, periodic');
    },
  );
});
