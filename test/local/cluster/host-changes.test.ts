import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HostChangeRecord, readHostChanges } from '../../../local/cluster/host-changes';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'host-changes-'));
  file = join(folder, 'run', 'host-changes.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const record = () => new HostChangeRecord(file, '/state');

test('a folder is remembered with the parents that had to be made, and all go again', () => {
  record().makeFolder(join(folder, 'a', 'b'));
  expect(existsSync(join(folder, 'a', 'b'))).toBe(true);

  record().restore();

  expect(existsSync(join(folder, 'a'))).toBe(false);
});

test('a folder that was there before stays', () => {
  mkdirSync(join(folder, 'a'));
  record().makeFolder(join(folder, 'a', 'b'));

  record().restore();

  expect(existsSync(join(folder, 'a'))).toBe(true);
});

test('a folder that somebody else uses by now stays', () => {
  record().makeFolder(join(folder, 'a'));
  writeFileSync(join(folder, 'a', 'theirs'), '');

  record().restore();

  expect(existsSync(join(folder, 'a', 'theirs'))).toBe(true);
});

test('the value before the first change is the one remembered', () => {
  record().rememberSetting('kernel/hostname');
  const first = readHostChanges(file)?.settings;

  record().rememberSetting('kernel/hostname');

  expect(readHostChanges(file)?.settings).toEqual(first);
  expect(first).toEqual({ 'kernel/hostname': readFileSync('/proc/sys/kernel/hostname', 'utf8').trim() });
});

test('a record of an earlier boot says nothing of this one', () => {
  record().note({ forwardRules: true });
  writeFileSync(file, readFileSync(file, 'utf8').replace(/"bootId": "[^"]*"/, '"bootId": "earlier"'));

  expect(readHostChanges(file)).toBeUndefined();
  expect(record().current().forwardRules).toBe(false);
});

test('the record says whose it is, and is gone when all is put back', () => {
  record().note({ mountedRunNetns: true });
  expect(readHostChanges(file)?.owner).toBe('/state');

  record().restore();

  expect(existsSync(file)).toBe(false);
});
