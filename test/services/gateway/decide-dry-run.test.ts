import fc from 'fast-check';
import type { GerritEvent } from '../../../core/gerrit-event';
import { Pipelines } from '../../../core/pipeline';
import { compileCoarseFilter } from '../../../services/gateway/decide-coarse-filter';
import { compileDryRun } from '../../../services/gateway/decide-dry-run';

const SHA = 'a'.repeat(40);
const PIPELINES = Pipelines.parse([
  { name: 'check', triggers: [{ event: 'patchset-created' }, { event: 'comment-added', command: 'recheck' }] },
  { name: 'docs', triggers: [{ event: 'patchset-created', branch: { plain: 'main' }, file: { glob: 'docs/**' } }] },
  { name: 'post', triggers: [{ event: 'change-merged' }] },
]);
const dryRun = compileDryRun({ pipelines: PIPELINES, account: 'ci' });
const event = (type: string, more: Partial<GerritEvent> = {}, branch = 'main'): GerritEvent => ({
  type,
  change: { project: 'demo', branch, number: 1 },
  patchSet: { number: 1, revision: SHA, ref: 'refs/changes/01/1/1' },
  ...more,
});
const comment = (text: string, username = 'alice') =>
  event('comment-added', { comment: `Patch Set 1:\n\n${text}`, author: { username } });

test('events that would have started a pipeline, and those that may have, are counted apart', () => {
  const events = [
    event('patchset-created'),
    event('patchset-created', {}, 'REL1_43'),
    comment('recheck'),
    comment('Looks good'),
    event('change-restored'),
  ];

  expect(dryRun(events)).toEqual({
    events: 5,
    pipelines: { check: { would: 3, may: 0 }, docs: { would: 0, may: 1 } },
  });
});

test('what may start nothing at all starts nothing here either', () => {
  expect(dryRun([comment('recheck', 'ci'), event('patchset-created', {}, 'a b')])).toEqual({
    events: 2,
    pipelines: {},
  });
});

test('counts exactly the events that the gateway would hand on', () => {
  const handsOn = compileCoarseFilter({ pipelines: PIPELINES, account: 'ci' });
  const any = fc.oneof(
    fc
      .constantFrom('main', 'REL1_43', 'refs/meta/config', 'no name')
      .chain((branch) =>
        fc.constantFrom('patchset-created', 'change-merged', 'change-restored').map((type) => event(type, {}, branch)),
      ),
    fc
      .record({ text: fc.constantFrom('recheck', 'why', 'x'), who: fc.constantFrom('ci', 'alice') })
      .map(({ text, who }) => comment(text, who)),
  );
  fc.assert(
    fc.property(fc.array(any, { maxLength: 30 }), (events) => {
      const { pipelines } = dryRun(events);
      for (const { name } of PIPELINES) {
        const { would, may } = pipelines[name] ?? { would: 0, may: 0 };
        expect(would + may).toBe(events.filter((one) => handsOn(one)[name] === 'pass').length);
      }
    }),
  );
});
