/** Writes the synthetic log that `ci-demand.json` is made of: `npx tsx capacity/write-synthetic-log.ts FILE.csv.gz`. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { proposalYear } from '../infra/capacity/builds/proposal-year';
import { renderCsv } from '../infra/capacity/builds/synthetic-builds';

const LINES_A_CHUNK = 10_000;

function* chunks(): Generator<string> {
  let lines: string[] = [];
  for (const line of renderCsv(proposalYear())) {
    lines.push(line);
    if (lines.length === LINES_A_CHUNK) {
      yield `${lines.join('\n')}\n`;
      lines = [];
    }
  }
  yield lines.map((line) => `${line}\n`).join('');
}

const [file] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write('error: name the file to write, such as builds.csv.gz\n');
  process.exitCode = 2;
} else {
  pipeline(Readable.from(chunks()), createGzip({ level: 1 }), createWriteStream(file)).catch((error: unknown) => {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
