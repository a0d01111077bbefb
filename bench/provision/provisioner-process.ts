import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ServiceAccounts } from '../../core/access';
import type { ProvisionerConfig } from '../../core/service-config';
import { freePort } from '../../local/gerrit/free-address';
import { until } from '../../local/until';
import type { StoreKey } from '../../services/provisioner/namespaces/store-keys';
import { bundle } from '../bundle';
import { accountKubeconfig } from './account-kubeconfig';
import type { ReachablePlane } from './control-plane';

/** A line of the provisioner's log that says that everything was listed and nothing is left to do. */
const Resynced = z.object({
  message: z.literal('resynced'),
  listSeconds: z.number(),
  seconds: z.number(),
  objects: z.number(),
  projects: z.number(),
});
export type Resynced = z.infer<typeof Resynced>;

export interface ProvisionerProcessOptions {
  /** What the host of a pod would be called: it is in the lease, and in the audit log as `seakeeper-provisioner/<name>`. */
  readonly name: string;
  readonly config: ProvisionerConfig;
  /** A store, by host:port, and the account there that makes accounts. @default - no store */
  readonly store?: { readonly endpoint: string; readonly admin: StoreKey };
  /** Of the lease, milliseconds. @default 15000 */
  readonly leaseMs?: number;
  /** Between full lists, milliseconds. @default 600000 */
  readonly relistMs?: number;
  /** Calls to the API server at once. @default 64 */
  readonly connections?: number;
}

/** A provisioner of our own on a control plane, in a process of its own, bundled as in its image. */
export class ProvisionerProcess {
  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
    private readonly logFile: string,
  ) {}

  /** Starts it; does not wait for anything. */
  static async start(plane: ReachablePlane, options: ProvisionerProcessOptions): Promise<ProvisionerProcess> {
    const { name } = options;
    const folder = join(plane.folder, name);
    mkdirSync(folder, { recursive: true });
    const configFile = join(folder, 'config.json');
    writeFileSync(configFile, JSON.stringify(options.config));
    const logFile = join(folder, 'log.jsonl');
    // Emptied: what one of the same name said before is not its word.
    const log = openSync(logFile, 'w');
    const child = spawn(process.execPath, [await bundleIn(plane.folder)], {
      stdio: ['ignore', log, log],
      env: {
        PATH: process.env['PATH'],
        HOSTNAME: name,
        KUBECONFIG: await accountKubeconfig(plane, ServiceAccounts.provisioner),
        SEAKEEPER_CONFIG_FILE: configFile,
        SEAKEEPER_HTTP_PORT: String(await freePort()),
        ...(options.store === undefined ? {} : storeSettings(folder, options.store)),
        ...numbers({ LEASE_MS: options.leaseMs, RELIST_MS: options.relistMs, CONNECTIONS: options.connections }),
      },
    });
    closeSync(log);
    return new ProvisionerProcess(name, child, logFile);
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`${this.name} did not start`);
    return this.child.pid;
  }

  /** Every time it said that it was done with a full list, and with what came of it. */
  resyncs(): Resynced[] {
    return this.log().flatMap((line) => {
      const { data } = Resynced.safeParse(line);
      return data === undefined ? [] : [data];
    });
  }

  /** Waits until it said so `count` times. Resolves to the last. */
  untilResynced(count = 1, timeoutMs = 600_000): Promise<Resynced> {
    const look = async () => {
      this.mustRun();
      return this.resyncs()[count - 1];
    };
    return until(`${this.name} has listed everything`, look, timeoutMs);
  }

  /** Stops it as a pod is: it hands over. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** Ends it without a word. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Stops it where it stands, and lets it go on. */
  pause(): void {
    process.kill(this.pid, 'SIGSTOP');
  }
  resume(): void {
    process.kill(this.pid, 'SIGCONT');
  }

  /** Throws, with the end of its log, when it has ended. */
  mustRun(): void {
    if (this.child.exitCode === null && this.child.signalCode === null) return;
    throw new Error(`${this.name} has ended:\n${readFileSync(this.logFile, 'utf8').split('\n').slice(-10).join('\n')}`);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    // One that is stopped hears nothing but SIGKILL.
    this.child.kill('SIGCONT');
    this.child.kill(signal);
    await ended;
  }

  private log(): unknown[] {
    const lines = readFileSync(this.logFile, 'utf8').split('\n');
    return lines.filter((line) => line.startsWith('{') && line.endsWith('}')).map((line): unknown => JSON.parse(line));
  }
}

async function bundleIn(folder: string): Promise<string> {
  const outfile = join(folder, 'provisioner.js');
  if (!existsSync(outfile)) await bundle(join(__dirname, 'provisioner-main.ts'), outfile);
  return outfile;
}

function storeSettings(folder: string, { admin, endpoint }: { endpoint: string; admin: StoreKey }) {
  const secrets = join(folder, 'secrets');
  mkdirSync(secrets, { recursive: true });
  writeFileSync(join(secrets, 'store-admin-access-key'), admin.accessKey, { mode: 0o600 });
  writeFileSync(join(secrets, 'store-admin-secret-key'), admin.secretKey, { mode: 0o600 });
  return { SEAKEEPER_SECRETS_DIRECTORY: secrets, STORE_ENDPOINT: endpoint };
}

function numbers(values: Readonly<Record<string, number | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
