import { Client } from 'ssh2';
import { withoutComment } from './key-pair';

/** Where and as whom to run a command over SSH. */
export interface SshTarget {
  readonly host: string;
  readonly port: number;
  readonly account: string;
  readonly privateKey: string;
  /** Pinned host keys, `type base64`; any other is refused. */
  readonly hostKeys: readonly string[];
}

/** Runs one command over SSH and resolves with what it wrote. Rejects when it cannot connect or the command fails. */
export function runOverSsh(target: SshTarget, command: string, deadlineMs = 30_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    const timer = setTimeout(() => fail(new Error(`no answer within ${deadlineMs} ms`)), deadlineMs);
    function fail(cause: Error): void {
      clearTimeout(timer);
      client.destroy();
      reject(new Error(`ssh ${target.account}@${target.host}:${target.port}: ${cause.message}`, { cause }));
    }
    client.on('error', fail);
    client.on('ready', () => {
      client.exec(command, (error, channel) => {
        if (error) {
          fail(error);
          return;
        }
        let stdout = '';
        let stderr = '';
        channel.on('data', (data: Buffer) => {
          stdout += data.toString('utf8');
        });
        channel.stderr.on('data', (data: Buffer) => {
          stderr += data.toString('utf8');
        });
        channel.on('close', (code: number | undefined) => {
          if (code !== 0) {
            fail(new Error(`'${command}' ended with ${code}: ${stderr.trim()}`));
            return;
          }
          clearTimeout(timer);
          client.end();
          resolve(stdout);
        });
      });
    });
    client.connect({
      host: target.host,
      port: target.port,
      username: target.account,
      privateKey: target.privateKey,
      hostVerifier: (key: Buffer) =>
        target.hostKeys.map(withoutComment).some((pinned) => pinned.endsWith(` ${key.toString('base64')}`)),
      readyTimeout: deadlineMs,
    });
  });
}
