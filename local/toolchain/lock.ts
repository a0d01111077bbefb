import { createHash } from 'node:crypto';
import { connect, createServer, type Server } from 'node:net';
import { resolve as resolvePath } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

const RETRY_MS = 500;
/** A holder that is too busy to say who it is within this remains unnamed. */
const ANSWER_MS = 1_000;

/**
 * Runs `work` while nobody else on this machine does that for the same name; waits for whoever does. The lock is a
 * listening socket: the kernel gives it to one and takes it back when that process ends, however it ends.
 *
 * @param path a name, relative to the working directory; nothing is written there
 * @param onWait called once when somebody holds it, with what to call them
 */
export async function withLock<T>(path: string, onWait: (holder: string) => void, work: () => Promise<T>): Promise<T> {
  // Abstract, of which a name of a hundred bytes is the longest.
  const name = `\0seakeeper-${createHash('sha256').update(resolvePath(path)).digest('hex')}`;
  let lock = await listen(name);
  if (lock === undefined) {
    onWait(await askHolder(name));
    while (lock === undefined) {
      await sleep(RETRY_MS);
      lock = await listen(name);
    }
  }
  const held = lock;
  try {
    return await work();
  } finally {
    await new Promise((resolve) => held.close(resolve));
  }
}

/** The lock, or undefined when somebody has it. */
function listen(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.end(String(process.pid), () => socket.destroy()));
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        resolve(undefined);
      } else {
        reject(error);
      }
    });
    server.listen(name, () => resolve(server));
  });
}

async function askHolder(name: string): Promise<string> {
  const answer = await text(connect({ path: name, signal: AbortSignal.timeout(ANSWER_MS) })).catch(() => '');
  return answer === '' ? 'another process' : `process ${answer}`;
}
