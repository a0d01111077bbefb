import { stat, unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { TerminalError } from '../../shared/errors';

const LOCK = 'lock.sock';
/** Longest path of a Unix socket on Linux. */
const MOST_PATH = 107;

/**
 * Holds a directory for this process until `release`. A listening Unix socket is the lock: the kernel lets go of it
 * when the process dies, however it dies, and unlike a process id it means the same from inside another container.
 *
 * Rejects with `TerminalError` when another live process holds it.
 */
export async function lockDirectory(directory: string): Promise<{ release: () => Promise<void> }> {
  const path = join(directory, LOCK);
  if (Buffer.byteLength(path) > MOST_PATH) {
    throw new TerminalError(`ledger lock ${path} is longer than ${MOST_PATH} bytes; choose a shorter ledgerDirectory`);
  }
  if (await isHeld(path)) {
    throw new TerminalError(`ledger ${directory} is in use by another gateway; run one for each directory`);
  }
  await unlink(path).catch(() => undefined);
  const server = await listen(path);
  // Two that found the same dead socket can both come here; the path belongs to the one that bound it last.
  const ours = await stat(path);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const now = await stat(path).catch(() => undefined);
  if (now?.ino !== ours.ino) {
    server.close();
    throw new TerminalError(`ledger ${directory} was taken by another gateway at the same moment; run one for each`);
  }
  return {
    release: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

/** Whether somebody listens at the path. */
function isHeld(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once('error', (error) =>
      reject(new TerminalError(`ledger lock ${path} cannot be made: ${error.message}`, { cause: error })),
    );
    server.listen(path, () => resolve(server));
  });
}
