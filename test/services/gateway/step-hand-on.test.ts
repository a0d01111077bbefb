import fc from 'fast-check';
import {
  emptyHandOn,
  type HandOnCommand,
  type HandOnInput,
  type HandOnRules,
  stepHandOn,
  undecidedCount,
} from '../../../services/gateway/step-hand-on';

const RULES: HandOnRules = { window: 3, firstWaitMs: 1_000, mostWaitMs: 8_000, deadLetterAfterMs: 100_000 };

/** A lane with its clock: `do` steps at the present time, `after` lets time pass first. */
function lane(rules: HandOnRules = RULES) {
  const state = emptyHandOn();
  let now = 0;
  const act = (input: HandOnInput) => stepHandOn(state, input, now, rules);
  return {
    state,
    act,
    after: (ms: number, input: HandOnInput = { kind: 'tick' }) => {
      now += ms;
      return act(input);
    },
    passed: (key: string) => act({ kind: 'passed', key, since: now }),
  };
}
const sent = (commands: readonly HandOnCommand[]) => commands.map((command) => `${command.kind} ${command.key}`);

describe('hand-on', () => {
  test('sends at once to whoever listens', () => {
    const subject = lane();
    subject.act({ kind: 'opened' });

    expect(subject.passed('a')).toEqual([{ kind: 'send', key: 'a', attempt: 1 }]);
  });

  test('keeps everything while nobody listens, and sends it in order when somebody does', () => {
    const subject = lane();
    expect([subject.passed('a'), subject.passed('b')].flat()).toEqual([]);

    expect(sent(subject.act({ kind: 'opened' }))).toEqual(['send a', 'send b']);
  });

  test('sends again after waits that double up to the most', () => {
    const subject = lane();
    subject.act({ kind: 'opened' });
    subject.passed('a');

    const waits = [1_000, 2_000, 4_000, 8_000, 8_000];
    for (const wait of waits) {
      expect(subject.after(wait - 1)).toEqual([]);
      expect(sent(subject.after(1))).toEqual(['send a']);
    }
  });

  test('waits longer once the trigger holds it, and makes room for the next', () => {
    const subject = lane({ ...RULES, window: 1 });
    subject.act({ kind: 'opened' });
    subject.passed('a');
    expect(subject.passed('b')).toEqual([]);

    expect(sent(subject.act({ kind: 'received', key: 'a' }))).toEqual(['send b']);
    subject.act({ kind: 'decided', key: 'b' });
    expect(subject.after(2_999)).toEqual([]);
    expect(sent(subject.after(1))).toEqual(['send a']);
  });

  test('is done with what is decided', () => {
    const subject = lane();
    subject.act({ kind: 'opened' });
    subject.passed('a');
    subject.act({ kind: 'decided', key: 'a' });

    expect(subject.after(50_000)).toEqual([]);
    expect(undecidedCount(subject.state)).toBe(0);
  });

  test('sends to a new listener what the old one may not have passed on', () => {
    const subject = lane();
    subject.act({ kind: 'opened' });
    subject.passed('a');
    subject.act({ kind: 'closed' });
    expect(subject.after(10_000)).toEqual([]);

    expect(sent(subject.act({ kind: 'opened' }))).toEqual(['send a']);
  });

  test('sends again at once what a trigger without memory held', () => {
    const subject = lane();
    subject.act({ kind: 'opened' });
    subject.passed('a');
    subject.act({ kind: 'received', key: 'a' });

    expect(sent(subject.act({ kind: 'resend' }))).toEqual(['send a']);
  });

  test('gives up what nobody decides in time, listened to or not', () => {
    const subject = lane();
    subject.passed('a');

    expect(sent(subject.after(99_999))).toEqual([]);
    expect(sent(subject.after(1))).toEqual(['dead-letter a']);
    expect(undecidedCount(subject.state)).toBe(0);
  });

  const input: fc.Arbitrary<HandOnInput> = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('passed' as const),
        key: fc.stringMatching(/^[a-h]$/),
        since: fc.constant(0),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('received' as const), key: fc.stringMatching(/^[a-h]$/) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('decided' as const), key: fc.stringMatching(/^[a-h]$/) }) },
    { weight: 3, arbitrary: fc.constant<HandOnInput>({ kind: 'tick' }) },
    fc.constantFrom<HandOnInput>({ kind: 'opened' }, { kind: 'closed' }, { kind: 'resend' }),
  );
  const history = fc.array(fc.tuple(fc.integer({ min: 0, max: 5_000 }), input), { maxLength: 120 });
  const FOREVER = { ...RULES, deadLetterAfterMs: Number.POSITIVE_INFINITY };

  test('never has more unheard-of pairs out than the window holds, and sends only what is undecided', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const subject = lane(FOREVER);
        const undecided = new Set<string>();
        for (const [ms, step] of steps) {
          if (step.kind === 'passed') {
            undecided.add(step.key);
          } else if (step.kind === 'decided') {
            undecided.delete(step.key);
          }
          for (const command of subject.after(ms, step)) {
            expect(undecided).toContain(command.key);
          }
          expect(subject.state.sent.size).toBeLessThanOrEqual(RULES.window);
          expect(undecidedCount(subject.state)).toBe(undecided.size);
        }
      }),
    );
  });

  test('sends every pair again and again until it is decided, whatever happened before', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const subject = lane(FOREVER);
        for (const [ms, step] of steps) {
          subject.after(ms, step);
        }
        const undecided = new Set([
          ...subject.state.waiting.keys(),
          ...subject.state.sent.keys(),
          ...subject.state.received.keys(),
        ]);
        const heard = new Map<string, number>();
        const hear = (commands: readonly HandOnCommand[]) => {
          for (const { key } of commands) {
            heard.set(key, (heard.get(key) ?? 0) + 1);
            hear(subject.act({ kind: 'received', key }));
          }
        };
        hear(subject.act({ kind: 'opened' }));

        for (let tick = 0; tick < 60; tick++) {
          hear(subject.after(500));
        }

        for (const key of undecided) {
          expect(heard.get(key) ?? 0).toBeGreaterThanOrEqual(3);
        }
      }),
    );
  });
});
