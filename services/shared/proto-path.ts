import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Folders that can hold the protos: beside a bundle (`/app/proto`), and `services/proto` when run from source. */
const FOLDERS = [join(__dirname, 'proto'), join(__dirname, '..', 'proto')];

/** Absolute path of a `.proto` file that ships with the services. Throws when neither layout has it. */
export function protoPath(file: string): string {
  const path = FOLDERS.map((folder) => join(folder, file)).find((candidate) => existsSync(candidate));
  if (path === undefined) {
    throw new Error(`proto ${file} is in none of ${FOLDERS.join(', ')}; copy services/proto beside the bundle`);
  }
  return path;
}
