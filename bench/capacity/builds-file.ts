import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { generateBuilds, renderCsv } from '../../infra/capacity/builds/synthetic-builds';

const CHUNK = 1 << 17;

/** Writes the CSV of synthetic builds in random order. */
export async function writeBuilds(file: string, seed: number, builds: number): Promise<void> {
  await pipeline(Readable.from(chunks(renderCsv(generateBuilds(seed, { builds })))), createWriteStream(file));
}

/** Lines in pieces that are worth a write. */
function* chunks(lines: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length >= CHUNK) {
      yield chunk;
      chunk = '';
    }
  }
  yield chunk;
}
