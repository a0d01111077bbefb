import { cpuSecondsIn, cpuSecondsOf, memoryOf } from '../../../bench/provision/process-usage';

test("a process's time is read behind its name, whatever the name holds", () => {
  const stat = `77 (node (a) b) S 1 77 77 0 -1 4194560 9 0 0 0 250 150 0 0 20 0 11 0 1 2 3`;

  expect(cpuSecondsIn(stat)).toBe(4);
});

test('a living process uses processor and memory', () => {
  expect(cpuSecondsOf(process.pid)).toBeGreaterThanOrEqual(0);
  expect(memoryOf(process.pid).peakMiB).toBeGreaterThan(10);
  expect(memoryOf(process.pid).rssMiB).toBeGreaterThan(10);
});
