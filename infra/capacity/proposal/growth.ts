import type { Resources } from './figures';

/** Digits a product is true to; beyond them are the errors of binary fractions, which `ceil` would make whole units of. */
const TRUE_DIGITS = 12;

/** `ceil(amount × factor)` as on paper: 1000 × 1.443 is 1443, though the machine's product is a little more. */
export function scaleUp(amount: number, factor: number): number {
  return Math.ceil(Number((amount * factor).toPrecision(TRUE_DIGITS)));
}

/** All of it scaled up, each rounded to the next whole unit. */
export function scaleResources({ vcpu, memoryG, executors }: Resources, factor: number): Resources {
  return {
    vcpu: scaleUp(vcpu, factor),
    memoryG: scaleUp(memoryG, factor),
    executors: scaleUp(executors, factor),
  };
}

/** So many of one machine. */
export function timesInstances({ vcpu, memoryG, executors }: Resources, count: number): Resources {
  return { vcpu: vcpu * count, memoryG: memoryG * count, executors: executors * count };
}

/**
 * Growth over some periods, added up and rounded to a tenth of a percent, as the proposal does: 9 × 0.0492 = 0.443. A
 * factor, so 1.443.
 */
export function addedUp(growth: number, periods: number): number {
  return (1000 + Math.round(Number((growth * periods * 1000).toPrecision(TRUE_DIGITS)))) / 1000;
}

/** Growth over some periods, each on top of the one before, as a factor: 1.0492⁹ = 1.5408. */
export function compounded(growth: number, periods: number): number {
  return (1 + growth) ** periods;
}

/** The day some periods after another, both YYYY-MM-DD. */
export function dayAfter(from: string, periods: number, periodDays: number): string {
  return new Date(Date.parse(from) + periods * periodDays * 86_400_000).toISOString().slice(0, 10);
}
