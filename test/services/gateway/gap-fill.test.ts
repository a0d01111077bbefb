import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventKey } from '../../../core/event-key';
import type { GerritEvent } from '../../../core/gerrit-event';
import { GatewayConfig } from '../../../core/service-config';
import { type LoggedEvents, LogNotThereError } from '../../../services/gateway/events-log/events-log-client';
import { type GatewayCore, openGatewayCore } from '../../../services/gateway/gateway-core';
import { DiskSegments } from '../../../services/gateway/ledger/disk-segments';
import { QUIET_MS } from '../../../services/gateway/quiet-watch';
import type { ChangeInfo } from '../../../services/shared/gerrit-schema';
import { created, PIPELINES, REVISION, removeFolder, SERVER, silent, until } from './gateway-fixture';

let directory: string;
let core: GatewayCore;
let stopping: AbortController;
/** How often each source was asked. */
let asked: { rest: number; log: number };
let changes: ChangeInfo[];
let logged: LoggedEvents;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gap-fill-'));
  stopping = new AbortController();
  asked = { rest: 0, log: 0 };
  changes = [];
  logged = {
    returnLimit: 5000,
    rowsBetween: async () => {
      asked.log += 1;
      return { kind: 'rows', rows: [], now: Date.now() - 60_000 };
    },
  };
  core = await open();
});
afterEach(async () => {
  jest.useRealTimers();
  stopping.abort();
  await core.stop();
  removeFolder(directory);
});

function open(): Promise<GatewayCore> {
  const endpoint = { name: SERVER, httpUrl: 'http://g', fetchUrl: 'http://g', sshHost: 'g', sshPort: 1 };
  return openGatewayCore({
    config: GatewayConfig.parse({
      gerrit: { ...endpoint, sshHostKeys: ['ssh-ed25519 AAAA'], account: 'ci', canaryProject: 'demo' },
      pipelines: PIPELINES,
      sweepSeconds: 3600,
    }),
    store: new DiskSegments(directory),
    gerrit: {
      findChange: async () => undefined,
      listTips: async function* () {},
      patchSetComments: async () => [],
      queryChanges: async function* () {
        asked.rest += 1;
        yield* changes;
      },
    },
    recovery: { logged: { returnLimit: 5000, rowsBetween: (slice) => logged.rowsBetween(slice) } },
    log: silent,
    signal: stopping.signal,
    onFailure: (error) => {
      throw error;
    },
    onSilentStream: () => undefined,
  });
}

async function firstReadings(): Promise<void> {
  core.start();
  await until('the first readings', () => asked.rest > 0 && asked.log > 0);
  // Both wait for their next time now.
  await new Promise((resolve) => setTimeout(resolve, 50));
}

describe('both sources that are asked are asked at once', () => {
  test.each<[when: string, happens: () => void]>([
    ['when the stream is back', () => core.stream.onConnected()],
    ['when Gerrit dropped events', () => core.stream.onLine(Buffer.from('{"type":"dropped-output"}'))],
    ['when a line is no event', () => core.stream.onLine(Buffer.from('{"type":'))],
    ['when a line is too long', () => core.stream.onOversize(5_000_000, Buffer.from('x'))],
  ])('%s', async (_when, happens) => {
    await firstReadings();
    const before = { ...asked };

    happens();

    await until('another reading of both', () => asked.rest > before.rest && asked.log > before.log);
  });

  test('when a stream that is up has said nothing for 30 seconds', async () => {
    jest.useFakeTimers({ doNotFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'nextTick', 'queueMicrotask'] });
    core.start();
    core.stream.onConnected();
    await until('the first readings', () => asked.rest > 0 && asked.log > 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = { ...asked };

    jest.advanceTimersByTime(QUIET_MS + QUIET_MS / 3);

    await until('another reading of both', () => asked.rest > before.rest && asked.log > before.log);
  });
});

test('where the plug-in refuses us, what was missed is read by REST', async () => {
  const at = new Date(Date.now() + 2_000).toISOString();
  logged = {
    returnLimit: 5000,
    rowsBetween: async () => {
      asked.log += 1;
      throw new LogNotThereError('403');
    },
  };
  changes = [
    {
      id: 'demo~1',
      project: 'demo',
      branch: 'master',
      change_id: 'I1',
      _number: 1,
      subject: 'A change',
      status: 'NEW',
      created: at,
      updated: at,
      owner: {},
      current_revision: REVISION,
      revisions: { [REVISION]: { _number: 1, ref: 'refs/changes/01/1/1', created: at } },
    },
  ];

  core.start();

  const missed: GerritEvent = created(1);
  await until('the event', () => core.ledger.knows(eventKey(SERVER, missed) ?? ''));
  await until('the plug-in’s refusal', () => asked.log > 0);
});
