import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cgroupHierarchies, processesIn } from '../../../local/cluster/cgroups';

describe('cgroupHierarchies', () => {
  test('finds every controller of a machine with cgroups of version 1', () => {
    const mounts = [
      'tmpfs /sys/fs/cgroup tmpfs rw 0 0',
      'cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0',
      'cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0',
    ].join('\n');

    expect(cgroupHierarchies(mounts)).toEqual(['/sys/fs/cgroup/memory', '/sys/fs/cgroup/unified']);
  });

  test('finds the one of a machine with version 2, though it is mounted twice', () => {
    const line = 'cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0';

    expect(cgroupHierarchies(`${line}\n${line}`)).toEqual(['/sys/fs/cgroup']);
  });
});

describe('processesIn', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cgroups-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('finds processes at every depth, each once', () => {
    const pod = join(folder, 'kubepods', 'pod1');
    mkdirSync(pod, { recursive: true });
    writeFileSync(join(folder, 'cgroup.procs'), '7\n');
    writeFileSync(join(folder, 'kubepods', 'cgroup.procs'), '');
    writeFileSync(join(pod, 'cgroup.procs'), '8\n9\n');

    expect(processesIn([folder, pod])).toEqual([7, 8, 9]);
  });

  test('a folder that is gone holds no process', () => {
    expect(processesIn([join(folder, 'gone')])).toEqual([]);
  });
});
