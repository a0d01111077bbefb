import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskSegments } from '../../../../services/gateway/ledger/disk-segments';
import { Ledger } from '../../../../services/gateway/ledger/ledger';
import { createLogger } from '../../../../services/shared/log';

const ROUNDS = 3;
/** Enough confirmed events that segments were rotated, and never at the same point. */
const CONFIRMED = 150;

const log = createLogger('test');
log.level = 'silent';

/** Starts a recorder, kills it with SIGKILL when it has confirmed enough; resolves to the keys it confirmed. */
async function recordUntilKilled(directory: string, prefix: string): Promise<string[]> {
  const script = join(__dirname, 'record-until-killed.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, directory, prefix], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString('utf8');
    if (out.split('\n').length > CONFIRMED) {
      child.kill('SIGKILL');
    }
  });
  await once(child, 'close');
  return out.split('\n').slice(0, -1);
}

test('a ledger whose process is killed again and again has everything it confirmed', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ledger-kill-'));
  const confirmed: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    confirmed.push(...(await recordUntilKilled(directory, `round${round}`)));

    const ledger = await Ledger.open({
      store: new DiskSegments(directory),
      log,
      onFailure: (error) => {
        throw error;
      },
    });
    expect(confirmed.filter((key) => !ledger.knows(key))).toEqual([]);
    await ledger.close();
  }
  expect(confirmed.length).toBeGreaterThan(ROUNDS * (CONFIRMED - 1));
  rmSync(directory, { recursive: true, force: true });
}, 60_000);
