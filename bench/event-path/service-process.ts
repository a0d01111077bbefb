import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, cpSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetch } from 'undici';
import { ServiceAccounts } from '../../core/access';
import { LEDGER_AUDIENCE } from '../../core/service-config';
import { freePort } from '../../local/gerrit/free-address';
import { bundleInto } from '../../local/images/services-bundle';
import { until } from '../../local/until';
import { accountKubeconfig, accountToken } from '../provision/account-kubeconfig';
import type { ReachablePlane } from '../provision/control-plane';

const PROTOS = join(__dirname, '../../services/proto');
const READY_WITHIN_MS = 60_000;

/** Our services between Gerrit and the cluster. */
export type EventService = 'gateway' | 'trigger' | 'reporter';

export interface ServiceProcessOptions {
  readonly service: EventService;
  readonly config: object;
  /** Its secrets, by name of the file. */
  readonly secrets: Readonly<Record<string, string>>;
  /** More of its environment, such as where it listens. */
  readonly env?: Readonly<Record<string, string>>;
}

/** One of our services as its image runs it: bundled, in a process of its own, as its own ServiceAccount of a control plane. */
export class ServiceProcess {
  private constructor(
    readonly service: EventService,
    private readonly child: ChildProcess,
    private readonly httpPort: number,
    private readonly logFile: string,
  ) {}

  /** Starts it and waits until it says that it is ready. */
  static async start(plane: ReachablePlane, options: ServiceProcessOptions): Promise<ServiceProcess> {
    const { service, config, env = {} } = options;
    const folder = join(plane.folder, service);
    mkdirSync(folder, { recursive: true });
    const configFile = join(folder, 'config.json');
    writeFileSync(configFile, JSON.stringify(config));
    const tokenFile = join(folder, 'ledger-token');
    const account = ServiceAccounts[service];
    writeFileSync(tokenFile, await accountToken(plane.admin, account, LEDGER_AUDIENCE), { mode: 0o600 });
    const logFile = join(folder, 'log.jsonl');
    const log = openSync(logFile, 'a');
    const httpPort = await freePort();
    const child = spawn(process.execPath, ['--max-old-space-size=192', await bundle(plane.folder, service)], {
      stdio: ['ignore', log, log],
      env: {
        PATH: process.env['PATH'],
        KUBECONFIG: await accountKubeconfig(plane, account),
        SEAKEEPER_CONFIG_FILE: configFile,
        SEAKEEPER_SECRETS_DIRECTORY: writeSecrets(folder, options.secrets),
        SEAKEEPER_LEDGER_TOKEN_FILE: tokenFile,
        SEAKEEPER_HTTP_PORT: String(httpPort),
        ...env,
      },
    });
    closeSync(log);
    const started = new ServiceProcess(service, child, httpPort, logFile);
    await started.untilReady().catch(async (error: unknown) => {
      await started.stop();
      throw error;
    });
    return started;
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`${this.service} did not start`);
    return this.child.pid;
  }

  /** Sum of a metric over its labels; 0 while it says nothing of it. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.httpPort}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }

  /** Ends it without a word. */
  async stop(): Promise<void> {
    await endProcess(this.child);
  }

  private async untilReady(): Promise<void> {
    const look = async () => {
      if (this.child.exitCode !== null || this.child.signalCode !== null) return 'ended';
      const answer = await fetch(`http://127.0.0.1:${this.httpPort}/readyz`);
      return answer.ok && 'ready';
    };
    if ((await until(`${this.service} is ready`, look, READY_WITHIN_MS, 50)) === 'ended') {
      const last = readFileSync(this.logFile, 'utf8').split('\n').slice(-10).join('\n');
      throw new Error(`${this.service} has ended:\n${last}`);
    }
  }
}

/** Ends a process at once and waits until it is gone. One that is stopped hears nothing else. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

async function bundle(folder: string, service: EventService): Promise<string> {
  const bundles = join(folder, 'bundles');
  const file = join(bundles, `${service}.js`);
  if (!existsSync(file)) {
    cpSync(PROTOS, join(bundles, 'proto'), { recursive: true });
    await bundleInto([service], bundles);
  }
  return file;
}

function writeSecrets(folder: string, secrets: Readonly<Record<string, string>>): string {
  const directory = join(folder, 'secrets');
  mkdirSync(directory, { recursive: true });
  for (const [name, value] of Object.entries(secrets)) {
    writeFileSync(join(directory, name), value, { mode: 0o600 });
  }
  return directory;
}
