import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  type LocalStackFiles,
  localStackFiles,
  writeMachineValues,
  writeStackConfig,
} from '../../../local/pulumi/local-stack';

let folder: string;
let files: LocalStackFiles;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'local-stack-'));
  files = localStackFiles(join(folder, 'state'));
  writeFileSync(join(folder, 'Pulumi.local.yaml'), 'config:\n  seakeeper:projects: [{ gerritName: demo }]\n');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const written = () => parse(readFileSync(files.config, 'utf8'));

test('committed, machine-made and secret values come together, and no secret is in clear', async () => {
  await writeMachineValues(files, {
    values: { 'seakeeper:gerrit': { name: 'local' } },
    secrets: { 'seakeeper:key': 'hidden-value' },
  });
  writeStackConfig(files, folder);

  expect(written()).toEqual({
    encryptionsalt: expect.stringMatching(/^v1:.+:v1:.+:.+$/),
    config: {
      'seakeeper:projects': [{ gerritName: 'demo' }],
      'seakeeper:gerrit': { name: 'local' },
      'seakeeper:key': { secure: expect.stringMatching(/^v1:.+:.+$/) },
    },
  });
  for (const path of [files.config, files.machine]) {
    expect(readFileSync(path, 'utf8')).not.toContain('hidden-value');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  }
  expect(statSync(files.passphrase).mode & 0o777).toBe(0o600);
});

test('a secret that did not change keeps its encrypted form; one that did gets another under the same salt', async () => {
  await writeMachineValues(files, { values: {}, secrets: { a: 'one', b: 'two' } });
  writeStackConfig(files, folder);
  const before = written();

  await writeMachineValues(files, { values: {}, secrets: { a: 'one', b: 'three' } });
  writeStackConfig(files, folder);
  const after = written();

  expect(after.config.a).toEqual(before.config.a);
  expect(after.config.b).not.toEqual(before.config.b);
  expect(after.encryptionsalt).toBe(before.encryptionsalt);
});

test('a value or secret the machine no longer has is gone', async () => {
  await writeMachineValues(files, { values: { x: 1 }, secrets: { a: 'one', b: 'two' } });
  await writeMachineValues(files, { values: {}, secrets: { a: 'one' } });
  writeStackConfig(files, folder);

  expect(Object.keys(written().config)).toEqual(['seakeeper:projects', 'a']);
});

test('an edit of the committed file counts at the next run', async () => {
  await writeMachineValues(files, { values: {}, secrets: {} });
  writeFileSync(join(folder, 'Pulumi.local.yaml'), 'config:\n  seakeeper:projects: []\n');
  writeStackConfig(files, folder);

  expect(written().config).toEqual({ 'seakeeper:projects': [] });
});

test('a machine that was never set up is told how', () => {
  expect(() => writeStackConfig(files, folder)).toThrow("stack 'local' is not set up on this machine; run `npm start`");
});
