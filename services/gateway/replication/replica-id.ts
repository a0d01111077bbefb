import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

const FILE = 'replica-id';

/** What a volume is known by. It is written on the volume and gone with it: an empty one is another replica. */
export async function readReplicaId(directory: string): Promise<string> {
  const path = join(directory, FILE);
  const known = await readFile(path, 'utf8').catch(() => '');
  return known === '' ? makeReplicaId(directory, path) : known;
}

async function makeReplicaId(directory: string, path: string): Promise<string> {
  const id = randomUUID();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const handle = await open(`${path}.new`, 'w', 0o600);
  try {
    await handle.writeFile(id);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.new`, path);
  return id;
}
