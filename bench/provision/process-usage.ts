import { readFileSync } from 'node:fs';

/** Ticks a second in /proc, which Linux fixes for user space (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;
const KIB_PER_MIB = 1024;

/** Seconds of processor a living process has used so far, its ended children not counted. */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return cpuSecondsIn(stat);
}

/** The same of a line of /proc/<pid>/stat; exported for its test. */
export function cpuSecondsIn(stat: string): number {
  // The command's name, in parentheses, may itself hold blanks. User time is field 14 of the line, system time 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Memory of a living process in MiB: what it holds now, and the most it held. */
export function memoryOf(pid: number): { rssMiB: number; peakMiB: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name: string) => {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status);
    if (found === null) throw new Error(`/proc/${pid}/status has no ${name}; is the process alive?`);
    return Number(found[1]) / KIB_PER_MIB;
  };
  return { rssMiB: field('VmRSS'), peakMiB: field('VmHWM') };
}
