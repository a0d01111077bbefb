import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GerritEndpoint } from '../../core/service-config';
import { ensureToolchain } from '../toolchain/toolchain';
import { httpPasswordFile } from './credentials';
import { freeAddress } from './free-address';
import type { GerritAdmin } from './gerrit-admin';
import { sshKeyFile } from './gerrit-site';
import { prepareGerrit } from './prepare-gerrit';
import { type RunningGerrit, runGerrit } from './run-gerrit';
import { CI_ACCOUNT, seedGerrit } from './seed';

/** A real Gerrit of one's own, on loopback, that can be stopped and started again; for tests and measurements. */
export interface StandaloneGerrit {
  readonly endpoint: GerritEndpoint;
  readonly admin: GerritAdmin;
  readonly sshKey: string;
  readonly httpPassword: string;
  stop(): Promise<void>;
  /** Resolves when it serves again. */
  start(): Promise<void>;
  /** Starts it anew with more lines in its `gerrit.config`. */
  configure(lines: string): Promise<void>;
  /** Stops it for good and leaves nothing behind. */
  remove(): Promise<void>;
}

/** @param javaOptions more options for its virtual machine */
export async function startStandaloneGerrit(javaOptions?: readonly string[]): Promise<StandaloneGerrit> {
  const toolchain = await ensureToolchain(['java', 'maven', 'git']);
  const folder = await mkdtemp(join(tmpdir(), 'seakeeper-gerrit-'));
  const address = await freeAddress();
  const { cache } = toolchain;
  const [java, mvn] = [toolchain.binary('java'), toolchain.binary('mvn')];
  const prepared = await prepareGerrit({ cache, folder, address, java, mvn, javaOptions });
  const start = () => runGerrit(prepared.process, join(folder, 'gerrit.log'));
  let running: RunningGerrit = await start();
  const { endpoint, admin } = await seedGerrit(prepared.paths, address).catch(async (error: unknown) => {
    await running.stop();
    throw error;
  });
  return {
    endpoint,
    admin,
    sshKey: await readFile(sshKeyFile(prepared.paths, CI_ACCOUNT), 'utf8'),
    httpPassword: (await readFile(httpPasswordFile(prepared.paths, CI_ACCOUNT), 'utf8')).trim(),
    stop: () => running.stop(),
    start: async () => {
      running = await start();
    },
    configure: async (lines) => {
      await running.stop();
      await appendFile(join(prepared.paths.site, 'etc', 'gerrit.config'), lines);
      running = await start();
    },
    remove: async () => {
      await admin.close();
      await running.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
