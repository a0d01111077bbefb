import { appendFileSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rotateLog } from '../../../../local/cluster/supervisor/log-rotation';

let folder: string;
let log: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-rotation-'));
  log = join(folder, 'api.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a log that is short enough stays as it is', () => {
  writeFileSync(log, 'short');

  expect(rotateLog(log, 100)).toBe(false);
  expect(readFileSync(log, 'utf8')).toBe('short');
});

test('a log that does not exist yet is left alone', () => {
  expect(rotateLog(log, 100)).toBe(false);
});

test('the writer goes on in the emptied file without reopening it', () => {
  const writer = openSync(log, 'a');
  writeSync(writer, 'old lines');

  expect(rotateLog(log, 5)).toBe(true);
  writeSync(writer, 'new');

  expect(readFileSync(log, 'utf8')).toBe('new');
  expect(readFileSync(`${log}.1`, 'utf8')).toBe('old lines');
});

test('two old files are kept', () => {
  for (const text of ['first', 'second', 'third']) {
    appendFileSync(log, text);
    rotateLog(log, 1);
  }

  expect(readFileSync(`${log}.1`, 'utf8')).toBe('third');
  expect(readFileSync(`${log}.2`, 'utf8')).toBe('second');
});
