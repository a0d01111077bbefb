import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventReference } from '../../../core/decision';
import type { GerritEvent } from '../../../core/gerrit-event';
import { Pipelines } from '../../../core/pipeline';
import { compileCoarseFilter } from '../../../services/gateway/decide-coarse-filter';
import { HandOn } from '../../../services/gateway/hand-on';
import { DiskSegments } from '../../../services/gateway/ledger/disk-segments';
import { Ledger } from '../../../services/gateway/ledger/ledger';
import type { ChangeInfo } from '../../../services/shared/gerrit-schema';
import { createLogger, type Logger } from '../../../services/shared/log';

export const ACCOUNT = 'seakeeper-ci';
export const SERVER = 'local';
export const REVISION = 'a'.repeat(40);

/** Two pipelines: `check` for patch sets and rechecks, `post` for merges. */
export const PIPELINES = Pipelines.parse([
  { name: 'check', triggers: [{ event: 'patchset-created' }, { event: 'comment-added', comment: '^recheck$' }] },
  { name: 'post', triggers: [{ event: 'change-merged' }] },
]);
export const filter = compileCoarseFilter({ pipelines: PIPELINES, account: ACCOUNT });

export const silent: Logger = createLogger('test');
silent.level = 'silent';

/** A patch set of a change, as the stream tells it. */
export function created(number = 1, revision = REVISION): GerritEvent {
  return {
    type: 'patchset-created',
    change: { project: 'demo', branch: 'master', number },
    patchSet: { number: 1, revision, ref: `refs/changes/0${number}/${number}/1` },
  };
}

/** A Gerrit of one change, whose messages a test sets; counts how often it was asked. */
export class OneChange {
  messages: NonNullable<ChangeInfo['messages']> = [];
  lookups = 0;

  constructor(private readonly at = new Date().toISOString()) {}

  async findChange(): Promise<ChangeInfo> {
    this.lookups += 1;
    return {
      ...{ id: 'demo~1', project: 'demo', branch: 'master', change_id: 'I1', _number: 1 },
      ...{ subject: 'A change', status: 'NEW', created: this.at, updated: this.at, owner: { username: 'alice' } },
      current_revision: REVISION,
      messages: this.messages,
    };
  }

  async patchSetComments(): Promise<[]> {
    return [];
  }
}

export interface Core {
  readonly directory: string;
  readonly ledger: Ledger;
  readonly handOn: HandOn;
  /** References sent for a pipeline to a listener that was there from the beginning. */
  readonly sent: EventReference[];
  close(): Promise<void>;
}

/** A ledger in a folder of its own and what hands on from it. Give a directory to go on with an earlier one. */
export async function startCore(directory = mkdtempSync(join(tmpdir(), 'gateway-'))): Promise<Core> {
  const ledger = await Ledger.open({
    store: new DiskSegments(directory),
    log: silent,
    onFailure: (error) => {
      throw error;
    },
  });
  const rules = { window: 100, firstWaitMs: 200, mostWaitMs: 1_000, deadLetterAfterMs: 3_600_000 };
  const handOn = new HandOn({
    server: SERVER,
    pipelines: PIPELINES.map(({ name }) => name),
    rules,
    ledger,
    log: silent,
  });
  await handOn.start();
  const sent: EventReference[] = [];
  for (const { name } of PIPELINES) {
    handOn.listen(name, { send: (reference) => sent.push(reference) });
  }
  return {
    directory,
    ledger,
    handOn,
    sent,
    close: async () => {
      handOn.stop();
      await ledger.close();
    },
  };
}

export function removeFolder(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}

/** Waits until something is there; rejects after five seconds with what it waited for. */
export async function until<T>(what: string, look: () => T | undefined): Promise<T> {
  for (const deadline = Date.now() + 5_000; Date.now() < deadline; await sleep(5)) {
    const found = look();
    if (found !== undefined && found !== false) {
      return found;
    }
  }
  throw new Error(`${what}: not within 5 s`);
}
