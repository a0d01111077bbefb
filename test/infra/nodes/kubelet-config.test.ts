import { parseQuantity } from '../../../core/quantity';
import { joinConfigOf, kubeletConfigOf } from '../../../infra/nodes/kubelet-config';
import { allocatableOf } from '../../../infra/nodes/reservations';

const MACHINE = { name: 'ci1001', cpu: 8, memory: '24Gi', disk: '200Gi', pool: 'check' } as const;

test('a kubelet keeps from pods exactly what the capacity model says it does', () => {
  const { kubeReserved, systemReserved, evictionHard } = kubeletConfigOf(MACHINE);
  const kept = (key: string) => parseQuantity(kubeReserved[key] ?? '') + parseQuantity(systemReserved[key] ?? '');

  expect(8 - kept('cpu')).toBeCloseTo(allocatableOf(MACHINE).cpu, 6);
  expect(24 * 2 ** 30 - kept('memory') - parseQuantity(evictionHard['memory.available'])).toBe(
    allocatableOf(MACHINE).memory,
  );
});

test('a machine joins closed', () => {
  expect(kubeletConfigOf(MACHINE).registerWithTaints).toEqual([
    { key: 'seakeeper.wikimedia.org/pool', value: 'unassigned', effect: 'NoSchedule' },
  ]);
});

test('images are collected before their disk would evict pods', () => {
  const { imageGCHighThresholdPercent, imageGCLowThresholdPercent, evictionHard } = kubeletConfigOf(MACHINE);

  expect(imageGCLowThresholdPercent).toBeLessThan(imageGCHighThresholdPercent);
  expect(imageGCHighThresholdPercent).toBeLessThan(100 - Number.parseInt(evictionHard['imagefs.available'], 10));
});

test('a join names the machine, and no token', () => {
  expect(joinConfigOf(MACHINE)).toMatchObject({ nodeRegistration: { name: 'ci1001' } });
  expect(JSON.stringify(joinConfigOf(MACHINE))).not.toMatch(/token/i);
});
