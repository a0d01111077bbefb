import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GerritEndpoint } from '../../core/service-config';
import { LineSplitter } from '../../services/gateway/split-lines';
import { endProcess } from '../event-path/service-process';

const MOST_LINE_BYTES = 1024 * 1024;

/** `ssh … gerrit stream-events | cat`, where this process is `cat`: OpenSSH's client against the pinned host key. */
export class PlainReader {
  private constructor(private readonly end: () => Promise<void>) {}

  /** Starts it; Gerrit does not say when the stream begins. `onLine` is given each line the moment it is whole. */
  static async start(
    endpoint: GerritEndpoint,
    privateKey: string,
    onLine: (line: Buffer, at: number) => void,
  ): Promise<PlainReader> {
    const folder = await mkdtemp(join(tmpdir(), 'seakeeper-ssh-'));
    const [identity, knownHosts] = [join(folder, 'identity'), join(folder, 'known-hosts')];
    await writeFile(identity, privateKey, { mode: 0o600 });
    const host = `[${endpoint.sshHost}]:${endpoint.sshPort}`;
    await writeFile(knownHosts, endpoint.sshHostKeys.map((key) => `${host} ${key}\n`).join(''));
    const options = [
      'BatchMode=yes',
      'IdentitiesOnly=yes',
      'StrictHostKeyChecking=yes',
      `UserKnownHostsFile=${knownHosts}`,
    ];
    const child = spawn(
      'ssh',
      [
        ...['-F', 'none', '-i', identity, '-p', String(endpoint.sshPort)],
        ...options.flatMap((option) => ['-o', option]),
        `${endpoint.account}@${endpoint.sshHost}`,
        'gerrit stream-events',
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    child.on('error', (error) => process.stderr.write(`ssh cannot be started: ${error.message}; install OpenSSH\n`));
    let at = 0;
    const lines = new LineSplitter(MOST_LINE_BYTES, {
      onLine: (line) => onLine(line, at),
      onOversize: () => undefined,
    });
    child.stdout.on('data', (chunk: Buffer) => {
      at = performance.now();
      lines.push(chunk);
    });
    return new PlainReader(async () => {
      await endProcess(child);
      await rm(folder, { recursive: true, force: true });
    });
  }

  stop(): Promise<void> {
    return this.end();
  }
}
