/** Completes `package-lock.json` after a dependency was added; see `completeLockFile`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { completeLockFile, LockFile } from './complete-lock-file';

const file = join(__dirname, '..', '..', 'package-lock.json');
const before = readFileSync(file, 'utf8');
const after = `${JSON.stringify(completeLockFile(LockFile.parse(JSON.parse(before))), undefined, 2)}\n`;
if (after !== before) {
  writeFileSync(file, after);
}
