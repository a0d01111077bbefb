import fc from 'fast-check';
import { changeOfName, type RunIdentity, runHash, workflowName } from '../../core/workflow-name';

const run: RunIdentity = {
  server: 'local',
  project: 'mediawiki/core',
  pipeline: 'check',
  eventKey: 'local:patchset-created:mediawiki%2Fcore:7:abc',
  change: { number: 7, patchSet: 2 },
};

describe('workflowName', () => {
  test('says project, change, patch set and pipeline, and ends in the hash', () => {
    expect(workflowName(run)).toBe(`mediawiki-core-7-2-check-${runHash(run)}`);
  });

  test('is the same for a repeat of the event', () => {
    expect(workflowName({ ...run })).toBe(workflowName(run));
  });

  test.each([
    ['another event', { eventKey: 'other' }],
    ['another pipeline', { pipeline: 'gate' }],
    ['another project', { project: 'mediawiki-core' }],
    ['another server', { server: 'other' }],
  ])('differs for %s', (_what, other) => {
    expect(workflowName({ ...run, ...other })).not.toBe(workflowName(run));
  });

  test('names the ref of an event without a change', () => {
    expect(workflowName({ ...run, change: undefined, ref: 'refs/heads/main' })).toContain('-refs-heads-main-check-');
  });

  test('is a DNS label of at most 63 characters for any input', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(), fc.nat(), (project, eventKey, number, patchSet) => {
        const name = workflowName({ ...run, project, eventKey, change: { number, patchSet } });

        expect(name).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
        expect(name.length).toBeLessThanOrEqual(63);
      }),
    );
  });
});

describe('changeOfName', () => {
  test('reads change and patch set back from any name that was made of them', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(), fc.nat(), (project, eventKey, number, patchSet) => {
        const change = { number, patchSet };

        expect(changeOfName(workflowName({ ...run, project, eventKey, change }), run.pipeline)).toEqual(change);
      }),
    );
  });

  test.each([
    ['a run of a ref', workflowName({ ...run, change: undefined, ref: 'refs/heads/main' })],
    ['a run of another pipeline', workflowName({ ...run, pipeline: 'gate' })],
    ['no run', 'check'],
  ])('reads nothing from the name of %s', (_what, name) => {
    expect(changeOfName(name, 'check')).toBeUndefined();
  });
});
