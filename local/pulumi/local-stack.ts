import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { passphraseCrypter } from './passphrase-secrets';

/** Stack of the embedded cluster. */
export const LOCAL_STACK = 'local';

/** Folder of the program and its committed configuration. */
export const PROJECT_FOLDER = join(__dirname, '..', '..');

/** What a machine adds to the committed configuration of its stack. Keys are full, such as `seakeeper:images`. */
export interface MachineValues {
  readonly values: Readonly<Record<string, unknown>>;
  /** Encrypted in the file that is written. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** Files of the local Pulumi set-up. All are absolute paths in one folder of the machine's state. */
export interface LocalStackFiles {
  readonly backend: string;
  readonly home: string;
  readonly passphrase: string;
  /** Configuration the CLI is given: committed, machine's and encrypted values together. */
  readonly config: string;
  /** The machine's part of it, between runs. */
  readonly machine: string;
  /** A folder with a copy of the project file, for commands that would write to the checkout. */
  readonly scratchProject: string;
}

export function localStackFiles(folder: string): LocalStackFiles {
  return {
    backend: join(folder, 'backend'),
    home: join(folder, 'home'),
    passphrase: join(folder, 'passphrase'),
    config: join(folder, `Pulumi.${LOCAL_STACK}.yaml`),
    machine: join(folder, 'machine.json'),
    scratchProject: join(folder, 'project'),
  };
}

const MachineFile = z.strictObject({
  salt: z.string(),
  values: z.record(z.string(), z.unknown()),
  secure: z.record(z.string(), z.string()),
  /** Tells whether the secrets changed without keeping them: a salted hash of each. */
  fingerprints: z.record(z.string(), z.string()),
});
type MachineFile = z.infer<typeof MachineFile>;

const StackFile = z.looseObject({ config: z.record(z.string(), z.unknown()).default({}) });

/** Keeps what the machine adds to its stack. Secrets that did not change keep their encrypted form. */
export async function writeMachineValues(files: LocalStackFiles, machine: MachineValues): Promise<void> {
  const before = readMachineFile(files);
  const passphrase = ensurePassphrase(files);
  const fingerprints = Object.fromEntries(
    Object.entries(machine.secrets).map(([key, value]) => [key, fingerprint(passphrase, key, value)]),
  );
  const isKept = (key: string): boolean => before?.fingerprints[key] === fingerprints[key];
  if (before !== undefined && Object.keys(machine.secrets).every(isKept)) {
    const secure = pick(before.secure, Object.keys(machine.secrets));
    writePrivate(files.machine, JSON.stringify({ ...before, values: machine.values, secure, fingerprints }));
    return;
  }
  const crypter = await passphraseCrypter(passphrase, before?.salt);
  const secure = Object.fromEntries(
    Object.entries(machine.secrets).map(([key, value]) => [
      key,
      (isKept(key) ? before?.secure[key] : undefined) ?? crypter.encrypt(value),
    ]),
  );
  const after: MachineFile = { salt: crypter.salt, values: { ...machine.values }, secure, fingerprints };
  writePrivate(files.machine, JSON.stringify(after));
}

/**
 * Writes the configuration the CLI is to use, from what is committed now and what the machine added last.
 *
 * @throws when the machine added nothing yet
 */
export function writeStackConfig(files: LocalStackFiles, projectFolder: string = PROJECT_FOLDER): void {
  const machine = readMachineFile(files);
  if (machine === undefined) throw new Error(`stack '${LOCAL_STACK}' is not set up on this machine; run \`npm start\``);
  const committed = StackFile.parse(
    parse(readFileSync(join(projectFolder, `Pulumi.${LOCAL_STACK}.yaml`), 'utf8')) ?? {},
  );
  const secure = Object.fromEntries(Object.entries(machine.secure).map(([key, text]) => [key, { secure: text }]));
  const config = { ...committed.config, ...machine.values, ...secure };
  writePrivate(files.config, stringify({ ...committed, encryptionsalt: machine.salt, config }));
}

/** Makes the passphrase of the machine's own stacks the first time it is asked for, readable by its owner only. */
export function ensurePassphrase(files: LocalStackFiles): string {
  if (!existsSync(files.passphrase)) writePrivate(files.passphrase, randomBytes(24).toString('base64url'));
  return readFileSync(files.passphrase, 'utf8');
}

function readMachineFile(files: LocalStackFiles): MachineFile | undefined {
  return existsSync(files.machine) ? MachineFile.parse(JSON.parse(readFileSync(files.machine, 'utf8'))) : undefined;
}

const fingerprint = (passphrase: string, key: string, value: string): string =>
  createHash('sha256')
    .update(JSON.stringify([passphrase, key, value]))
    .digest('base64url');

const pick = <T>(record: Readonly<Record<string, T>>, keys: readonly string[]): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([key]) => keys.includes(key)));

/** Written aside and renamed: a file cut short by a crash would lock the machine out of its own stack. */
export function writePrivate(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
