import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { stringify } from 'yaml';
import { ensureToolchain, type Toolchain } from '../toolchain/toolchain';

/** A real etcd and kube-apiserver (and, if asked for, controller-manager) on loopback, in a folder of their own. */
export interface ApiServerFixture {
  readonly folder: string;
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  /** `http://127.0.0.1:PORT` of etcd, which asks nobody who they are. */
  readonly etcdUrl: string;
  /** Path of the kubeconfig of a member of system:masters. */
  readonly kubeconfig: string;
  /** The same with `namespace` as the context's, or as another user: `limited` has no rights of its own. */
  kubeconfigFor(user: 'admin' | 'limited'): string;
  config(): KubeConfig;
  /** Where the API server writes whom it let do what, one JSON event a line; undefined without `audit`. */
  readonly auditLog: string | undefined;
  /** Process ids, to measure what each uses. Those of the API server change with `restart`. */
  pids(): {
    readonly etcd: number | undefined;
    readonly server: number | undefined;
    readonly controllers: number | undefined;
  };
  /** Stops etcd where it stands: the API server answers reads of its cache and nothing else. */
  pauseEtcd(): void;
  resumeEtcd(): void;
  /** Ends the API server at once, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const READY_WITHIN_MS = 60_000;

export interface ApiServerOptions {
  /** Controllers of the controller-manager to run. @default - no controller-manager */
  readonly controllers?: readonly string[];
  /** More flags of the controller-manager, such as `--kube-api-qps=500`. */
  readonly controllerFlags?: readonly string[];
  /** More flags of the API server. One that is given here replaces the fixture's own. */
  readonly serverFlags?: readonly string[];
  /** More flags of etcd, such as `--quota-backend-bytes=8589934592`. */
  readonly etcdFlags?: readonly string[];
  /** Etcd syncs each write to disk, as a real one does. @default false */
  readonly fsync?: boolean;
  /** Writes an audit log of who did what to which object, without contents. @default false */
  readonly audit?: boolean;
}

/** Starts the fixture and waits until the API server is ready. */
export async function startApiServer(options: ApiServerOptions = {}): Promise<ApiServerFixture> {
  const toolchain = await ensureToolchain(['etcd', 'kubernetes']);
  const folder = mkdtempSync(join(tmpdir(), 'seakeeper-api-server-'));
  const [etcdPort, peerPort, port] = await freePorts(3);
  const url = `https://${HOST}:${port}`;
  const tokens = { admin: randomBytes(16).toString('hex'), limited: randomBytes(16).toString('hex') };
  writeServiceAccountKeys(folder);
  writeFileSync(
    join(folder, 'tokens.csv'),
    `${tokens.admin},admin,1,"system:masters"\n${tokens.limited},limited,2,""\n`,
    { mode: 0o600 },
  );

  const etcd = run(folder, toolchain, 'etcd', [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=http://${HOST}:${etcdPort}`,
    `--advertise-client-urls=http://${HOST}:${etcdPort}`,
    `--listen-peer-urls=http://${HOST}:${peerPort}`,
    `--initial-advertise-peer-urls=http://${HOST}:${peerPort}`,
    `--initial-cluster=default=http://${HOST}:${peerPort}`,
    ...(options.fsync ? [] : ['--unsafe-no-fsync']),
    ...(options.etcdFlags ?? []),
  ]);
  const auditLog = options.audit ? join(folder, 'audit.log') : undefined;
  const ownFlags = [
    ...apiServerArguments(folder, etcdPort, port),
    ...(auditLog === undefined ? [] : auditArguments(folder, auditLog)),
  ];
  const serverFlags = replaceFlags(ownFlags, options.serverFlags ?? []);
  const startServer = () => run(folder, toolchain, 'kube-apiserver', serverFlags);
  let server = startServer();
  let controllers: ChildProcess | undefined;

  const kubeconfigFor = (user: 'admin' | 'limited'): string => {
    const path = join(folder, `${user}.kubeconfig`);
    const authority = readFileSync(join(folder, 'certificates', 'apiserver.crt')).toString('base64');
    writeFileSync(path, renderKubeconfig(url, authority, tokens[user]), { mode: 0o600 });
    return path;
  };

  const fixture: ApiServerFixture = {
    folder,
    url,
    etcdUrl: `http://${HOST}:${etcdPort}`,
    kubeconfig: join(folder, 'admin.kubeconfig'),
    kubeconfigFor,
    auditLog,
    pids: () => ({ etcd: etcd.pid, server: server.pid, controllers: controllers?.pid }),
    pauseEtcd: () => void etcd.kill('SIGSTOP'),
    resumeEtcd: () => void etcd.kill('SIGCONT'),
    config: () => {
      const config = new KubeConfig();
      config.loadFromFile(fixture.kubeconfig);
      return config;
    },
    kill: () => end(server, 'SIGKILL'),
    restart: async () => {
      server = startServer();
      await untilReady(url, server, folder);
    },
    stop: async () => {
      if (controllers !== undefined) await end(controllers, 'SIGKILL');
      await end(server, 'SIGKILL');
      await end(etcd, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await untilReady(url, server, folder);
    kubeconfigFor('admin');
    if (options.controllers !== undefined) {
      controllers = run(folder, toolchain, 'kube-controller-manager', [
        `--kubeconfig=${fixture.kubeconfig}`,
        `--controllers=${options.controllers.join(',')}`,
        `--service-account-private-key-file=${join(folder, 'sa.key')}`,
        '--leader-elect=false',
        '--secure-port=0',
        ...(options.controllerFlags ?? []),
      ]);
    }
    return fixture;
  } catch (error) {
    await fixture.stop();
    throw error;
  }
}

function apiServerArguments(folder: string, etcdPort: number, port: number): string[] {
  return [
    `--etcd-servers=http://${HOST}:${etcdPort}`,
    `--bind-address=${HOST}`,
    `--advertise-address=${HOST}`,
    `--secure-port=${port}`,
    // It makes itself a self-signed certificate there.
    `--cert-dir=${join(folder, 'certificates')}`,
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    `--service-account-key-file=${join(folder, 'sa.pub')}`,
    `--service-account-signing-key-file=${join(folder, 'sa.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.97.0.0/24',
    '--disable-admission-plugins=ServiceAccount',
    // Its endpoint on loopback is not one that pods may use.
    '--endpoint-reconciler-type=none',
  ];
}

/** Every request is recorded once, when it is answered; watches when they end. */
function auditArguments(folder: string, path: string): string[] {
  const policy = join(folder, 'audit-policy.yaml');
  writeFileSync(
    policy,
    stringify({
      apiVersion: 'audit.k8s.io/v1',
      kind: 'Policy',
      omitStages: ['RequestReceived', 'ResponseStarted'],
      rules: [{ level: 'Metadata' }],
    }),
  );
  // Never turned over (the size is in MB, 100 without it): who reads it keeps places in it as offsets.
  return [`--audit-policy-file=${policy}`, `--audit-log-path=${path}`, '--audit-log-maxsize=1000000'];
}

function replaceFlags(own: readonly string[], given: readonly string[]): string[] {
  const nameOf = (flag: string) => flag.split('=', 1)[0];
  const replaced = new Set(given.map(nameOf));
  return [...own.filter((flag) => !replaced.has(nameOf(flag))), ...given];
}

function run(
  folder: string,
  toolchain: Toolchain,
  name: 'etcd' | 'kube-apiserver' | 'kube-controller-manager',
  args: readonly string[],
): ChildProcess {
  const log = openSync(join(folder, `${name}.log`), 'a');
  return spawn(toolchain.binary(name), args, { stdio: ['ignore', log, log], cwd: folder });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}

async function untilReady(url: string, server: ChildProcess, folder: string): Promise<void> {
  const { fetch, Agent } = await import('undici');
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  const until = Date.now() + READY_WITHIN_MS;
  while (Date.now() < until) {
    if (server.exitCode !== null) break;
    const answer = await fetch(`${url}/readyz`, { dispatcher }).catch(() => undefined);
    if (answer?.ok) return dispatcher.close();
    await sleep(100);
  }
  const log = readFileSync(join(folder, 'kube-apiserver.log'), 'utf8').split('\n').slice(-15).join('\n');
  throw new Error(`API server at ${url} is not ready:\n${log}`);
}

function writeServiceAccountKeys(folder: string): void {
  mkdirSync(join(folder, 'certificates'), { recursive: true });
  const keys = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
  });
  writeFileSync(join(folder, 'sa.key'), keys.privateKey, { mode: 0o600 });
  writeFileSync(join(folder, 'sa.pub'), keys.publicKey);
}

function renderKubeconfig(server: string, authority: string, token: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'private', cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name: 'private', user: { token } }],
    contexts: [{ name: 'private', context: { cluster: 'private', user: 'private' } }],
    'current-context': 'private',
  });
}

/** Ports nobody listens on now. */
async function freePorts(count: number): Promise<[number, number, number]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer();
          server.listen(0, HOST, () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  const [first = 0, second = 0, third = 0] = ports;
  return [first, second, third];
}
