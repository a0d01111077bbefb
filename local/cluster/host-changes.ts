import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** What was changed on the machine itself, so that `stop` can put it back. */
export const HostChanges = z.strictObject({
  /** The changes below are of this boot; after another they are gone by themselves. */
  bootId: z.string(),
  /** State folder of the cluster that made them: there is at most one on a machine. */
  owner: z.string(),
  /** Kernel settings as they were, by path below /proc/sys. */
  settings: z.record(z.string(), z.string()),
  /** Folders made, parents before children. */
  folders: z.array(z.string()),
  /** Whether /run/netns became a mount point through us. */
  mountedRunNetns: z.boolean(),
  /** Whether two rules were put into the FORWARD chain, because its policy drops. */
  forwardRules: z.boolean(),
});
export type HostChanges = z.infer<typeof HostChanges>;

/**
 * Kernel settings that the kubelet changes for the whole machine (it refuses to start otherwise). Recorded before it
 * starts.
 */
export const KUBELET_SETTINGS = [
  'vm/overcommit_memory',
  'vm/panic_on_oom',
  'kernel/panic',
  'kernel/panic_on_oops',
  'kernel/keys/root_maxkeys',
  'kernel/keys/root_maxbytes',
] as const;

/** Keeps the record of changes in a file, written before each change is made. */
export class HostChangeRecord {
  private changes: HostChanges;

  constructor(
    private readonly file: string,
    private readonly owner: string,
  ) {
    this.changes = readHostChanges(file) ?? nothing(owner);
  }

  current(): HostChanges {
    return this.changes;
  }

  /** Remembers a setting's present value, unless it is remembered already. */
  rememberSetting(path: string): void {
    if (this.changes.settings[path] === undefined && existsSync(join('/proc/sys', path))) {
      const value = readFileSync(join('/proc/sys', path), 'utf8').trim();
      this.save({ ...this.changes, settings: { ...this.changes.settings, [path]: value } });
    }
  }

  changeSetting(path: string, value: string): void {
    if (readFileSync(join('/proc/sys', path), 'utf8').trim() !== value) {
      this.rememberSetting(path);
      writeFileSync(join('/proc/sys', path), value);
    }
  }

  /** Makes a folder that something of ours is going to be mounted on, parents included. */
  makeFolder(path: string): void {
    if (!existsSync(path)) {
      this.makeFolder(dirname(path));
      this.save({ ...this.changes, folders: [...this.changes.folders, path] });
      mkdirSync(path, { recursive: true });
    }
  }

  note(change: Partial<Pick<HostChanges, 'mountedRunNetns' | 'forwardRules'>>): void {
    this.save({ ...this.changes, ...change });
  }

  /** Puts settings and folders back. Folders that others use by now stay. */
  restore(): void {
    for (const [path, value] of Object.entries(this.changes.settings)) {
      const file = join('/proc/sys', path);
      if (existsSync(file)) {
        writeFileSync(file, value);
      }
    }
    for (const folder of this.changes.folders.toReversed()) {
      if (existsSync(folder) && readdirSync(folder).length === 0) {
        rmdirSync(folder);
      }
    }
    rmSync(this.file, { force: true });
    this.changes = nothing(this.owner);
  }

  private save(changes: HostChanges): void {
    this.changes = changes;
    mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
    writeFileSync(this.file, JSON.stringify(changes, undefined, 2), { mode: 0o600 });
  }
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

function nothing(owner: string): HostChanges {
  return { bootId: bootId(), owner, settings: {}, folders: [], mountedRunNetns: false, forwardRules: false };
}

/** The record in a file; undefined: there is none, or it is of an earlier boot. */
export function readHostChanges(file: string): HostChanges | undefined {
  if (!existsSync(file)) {
    return undefined;
  }
  const changes = HostChanges.parse(JSON.parse(readFileSync(file, 'utf8')));
  return changes.bootId === bootId() ? changes : undefined;
}
