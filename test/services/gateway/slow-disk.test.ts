import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GerritEvent } from '../../../core/gerrit-event';
import { GatewayConfig } from '../../../core/service-config';
import { type GatewayCore, MOST_BACKLOG, openGatewayCore } from '../../../services/gateway/gateway-core';
import { DiskSegments } from '../../../services/gateway/ledger/disk-segments';
import { created, PIPELINES, removeFolder, silent, until } from './gateway-fixture';

/** Events that Gerrit keeps for a reader before it drops them. */
const GERRIT_HOLDS = 128;

/** A disk whose syncs take until they are let go. */
class SlowDisk extends DiskSegments {
  private letGo: (() => void)[] = [];
  isSlow = false;

  override async open(segment: number) {
    const file = await super.open(segment);
    const sync = async () => {
      if (this.isSlow) {
        await new Promise<void>((resolve) => this.letGo.push(resolve));
      }
      await file.sync();
    };
    return { ...file, sync };
  }

  recover(): void {
    this.isSlow = false;
    for (const go of this.letGo) {
      go();
    }
  }
}

let directory: string;
let disk: SlowDisk;
let core: GatewayCore;
let stopping: AbortController;
let searches: number;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'slow-disk-'));
  disk = new SlowDisk(directory);
  stopping = new AbortController();
  searches = 0;
  const endpoint = { name: 'local', httpUrl: 'http://g', fetchUrl: 'http://g', sshHost: 'g', sshPort: 1 };
  core = await openGatewayCore({
    config: GatewayConfig.parse({
      gerrit: { ...endpoint, sshHostKeys: ['ssh-ed25519 AAAA'], account: 'ci', canaryProject: 'demo' },
      pipelines: PIPELINES,
    }),
    store: disk,
    gerrit: {
      findChange: async () => undefined,
      patchSetComments: async () => [],
      listTips: async function* () {},
      queryChanges: async function* () {
        searches += 1;
        yield* [];
      },
    },
    log: silent,
    signal: stopping.signal,
    onFailure: (error) => {
      throw error;
    },
    onSilentStream: () => undefined,
  });
});
afterEach(async () => {
  disk.recover();
  stopping.abort();
  await core.stop();
  removeFolder(directory);
});

const hear = (number: number, subject = '') => {
  const event: GerritEvent = { ...created(1, String(number).padStart(40, '0')) };
  core.stream.onLine(Buffer.from(JSON.stringify({ ...event, change: { ...event.change, subject } })));
};
/** Whether the reader may read on at once. */
const mayReadOn = (): Promise<boolean> =>
  Promise.race([
    core.stream.settle().then(() => true),
    new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 50)),
  ]);
const undecided = () => [...core.ledger.undecided()].length;

test('a disk that hangs does not stop the reader for many times what Gerrit would hold', async () => {
  disk.isSlow = true;
  for (let number = 0; number < 50 * GERRIT_HOLDS; number++) {
    hear(number);
  }

  expect(await mayReadOn()).toBe(true);
  expect(core.ledger.backlogBytes).toBeGreaterThan(0);
});

test('beyond its bound the reader waits for the disk, and what it had read is there when the disk is back', async () => {
  disk.isSlow = true;
  let heard = 0;
  while (core.ledger.backlogBytes <= MOST_BACKLOG) {
    hear(heard, 'x'.repeat(10_000));
    heard += 1;
  }
  expect(await mayReadOn()).toBe(false);

  disk.recover();

  await core.stream.settle();
  await core.ledger.flush();
  expect(undecided()).toBe(heard);
});

test('what Gerrit dropped meanwhile is read by REST as soon as it says so', async () => {
  core.start();
  await until('the first search', () => searches > 0);
  const before = searches;

  core.stream.onLine(Buffer.from('{"type":"dropped-output"}'));

  await until('another search', () => searches > before);
});
