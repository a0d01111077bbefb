import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Where a shell script stands in for jest. */
export interface StandInJest {
  readonly folder: string;
  /** Takes it away again. */
  remove(): void;
}

/** Puts a shell script in jest's place, for this process and what it starts. In it `$OUT` is the report's file. */
export function standInJest(script: string): StandInJest {
  const folder = mkdtempSync(join(tmpdir(), 'seakeeper-jest-'));
  const jest = join(folder, 'jest');
  writeFileSync(jest, `#!/bin/sh\nfor a in "$@"; do case $a in --outputFile=*) OUT=\${a#*=};; esac; done\n${script}\n`);
  chmodSync(jest, 0o755);
  const before = process.env['PATH'];
  process.env['PATH'] = [folder, before].join(delimiter);
  return {
    folder,
    remove: () => {
      process.env['PATH'] = before;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
