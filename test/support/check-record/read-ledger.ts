import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LedgerLines, parseLedger } from './model-ledger-lines';

const SEGMENT = /^\d{8}\.ledger$/;

/** Reads a ledger's folder. Rejects when there is no segment in it. */
export async function readLedger(folder: string): Promise<LedgerLines> {
  const names = (await readdir(folder)).filter((name) => SEGMENT.test(name)).sort();
  if (names.length === 0) {
    throw new Error(`${folder} holds no segment of a ledger, such as 00000001.ledger`);
  }
  return parseLedger(await Promise.all(names.map((name) => readFile(join(folder, name)))));
}
