import { allocatableOf, reservationsOf } from '../../../infra/nodes/reservations';

const MI = 2 ** 20;
const GI = 2 ** 30;

describe('reservations', () => {
  it.each([
    [1, 0.06],
    [2, 0.07],
    [4, 0.08],
    [8, 0.09],
    [16, 0.11],
    [64, 0.23],
  ])('keep of %d cores the tiers published for GKE: %d', (cpu, reserved) => {
    expect(reservationsOf({ cpu, memory: '64Gi', disk: '500Gi' }).kube.cpu).toBe(reserved);
  });

  it('keep memory by the number of pods, as published for EKS', () => {
    expect(reservationsOf({ cpu: 8, memory: '24Gi', disk: '500Gi' }).kube.memory).toBe(1465 * MI);
  });

  it.each([
    ['8Gi', 4 * GI],
    ['100Gi', 41 * GI],
    ['1Ti', 100 * GI],
  ])('keep of a disk of %s what images and logs take', (disk, reserved) => {
    expect(reservationsOf({ cpu: 8, memory: '24Gi', disk }).kube.disk).toBe(reserved);
  });
});

describe('allocatable', () => {
  it("is what is left of one of the proposal's instances", () => {
    expect(allocatableOf({ name: 'ci1001', cpu: 8, memory: '24Gi', disk: '200Gi' })).toEqual({
      cpu: 7.41,
      memory: 24 * GI - 1465 * MI - GI - 100 * MI,
      disk: 200 * GI - 76 * GI - GI - 20 * GI,
    });
  });

  it('is not computed of a machine too small to be a node', () => {
    expect(() => allocatableOf({ name: 'tiny', cpu: 2, memory: '2Gi', disk: '100Gi' })).toThrow(
      'machine tiny: nothing of its memory 2Gi is left for pods',
    );
  });
});
