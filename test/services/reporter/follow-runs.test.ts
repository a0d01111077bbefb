import { setTimeout as sleep } from 'node:timers/promises';
import type { ArgoWorkflow } from '../../../core/argo-workflow';
import { Annotation } from '../../../core/labels';
import { followRuns } from '../../../services/reporter/follow-runs';
import type { ReporterController } from '../../../services/reporter/reporter-controller';
import { silent } from './fakes';
import { runRecord, workflow } from './fixtures';

const DAY_MS = 86_400_000;
const RUNNING = workflow({ phase: 'Running' });
const { namespace, name } = RUNNING.metadata;
const REFERENCE = { namespace, name, uid: 'uid-1' };

type Line = readonly [type: 'ADDED' | 'MODIFIED' | 'DELETED', object: ArgoWorkflow];

const versioned = (object: ArgoWorkflow) => ({ ...object, metadata: { ...object.metadata, resourceVersion: '2' } });
const withUid = (object: ArgoWorkflow, uid: string) => ({ ...object, metadata: { ...object.metadata, uid } });

/** Follows a cluster that has `listed` at first and then tells `lines`. */
async function follow(listed: readonly ArgoWorkflow[], lines: readonly Line[]) {
  const stopping = new AbortController();
  const told: unknown[] = [];
  const controller = {
    prepare: async () => undefined,
    forget: () => undefined,
    reconcile: async ({ metadata }: ArgoWorkflow) => void told.push({ finished: metadata.uid }),
    reportRemoved: async (run: object, phase: string | undefined) => void told.push({ removed: run, phase }),
  } satisfies Partial<ReporterController>;
  const runs = followRuns({
    kube: {
      async *list() {
        yield { items: listed, resourceVersion: '1', restarted: false };
      },
      async *watch(_path, signal) {
        yield* lines.map(([type, object]) => ({ type, object: versioned(object) }));
        await sleep(DAY_MS, undefined, { signal, ref: false }).catch(() => undefined);
      },
    },
    controller: controller as unknown as ReporterController,
    keptMs: DAY_MS,
    log: silent,
    signal: stopping.signal,
    onSynced: () => undefined,
  });
  await sleep(20);
  return {
    told,
    runs,
    stop: async () => {
      stopping.abort();
      await Promise.all([runs.done, runs.queue.stop()]);
    },
  };
}

describe('followRuns', () => {
  test('tells of a Workflow that is deleted before it was reported, as it was last seen', async () => {
    const { stop, told } = await follow([RUNNING], [['DELETED', RUNNING]]);

    expect(told).toEqual([{ removed: REFERENCE, phase: 'Running' }]);
    await stop();
  });

  test('tells nothing of one that is deleted after its report', async () => {
    const reported = workflow({ annotations: { [Annotation.reported]: 'Succeeded' } });
    const { stop, told } = await follow(
      [],
      [
        ['ADDED', RUNNING],
        ['MODIFIED', reported],
        ['DELETED', reported],
      ],
    );

    expect(told).toEqual([]);
    await stop();
  });

  test('tells of one whose name another has by now, and of that one too', async () => {
    const other = withUid(workflow(), 'uid-2');
    const { stop, told } = await follow([RUNNING], [['MODIFIED', other]]);

    expect(told[0]).toEqual({ removed: REFERENCE, phase: 'Running' });
    expect(told).toContainEqual({ finished: 'uid-2' });
    await stop();
  });

  test.each([
    ['a run that is there', 0, [RUNNING], 0],
    ['a run that is missing', 0, [], 1],
    ['a run of which nothing is kept any more', 2 * DAY_MS, [], 0],
  ])('looks a while later after %s', async (_what, ageMs, listed, looks) => {
    const { runs, stop, told } = await follow(listed, []);
    const { record } = runRecord();

    runs.decided({ ...record, at: new Date(Date.now() - ageMs).toISOString() });

    expect([runs.queue.delayed, told]).toEqual([looks, []]);
    await stop();
  });
});
