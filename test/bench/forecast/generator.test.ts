import { createHash } from 'node:crypto';
import { FAMILIES, generate, generateAll, HELD_OUT_SEEDS, TUNING_SEEDS } from '../../../bench/forecast/generator';

const digest = (seeds: readonly number[]) =>
  createHash('sha256')
    .update(JSON.stringify(generateAll(seeds)))
    .digest('hex')
    .slice(0, 16);

describe('the generator of daily series', () => {
  test('is frozen: it writes what it wrote when the figures in docs/reference/forecast.md were measured', () => {
    expect(digest(HELD_OUT_SEEDS)).toBe('d009a71e7ca1a7cc');
  });

  test('keeps the seeds that were tuned on from those that are reported', () => {
    expect(TUNING_SEEDS.filter((seed) => HELD_OUT_SEEDS.includes(seed))).toEqual([]);
    expect(FAMILIES.length * HELD_OUT_SEEDS.length).toBeGreaterThanOrEqual(20);
  });

  test.each(FAMILIES)('draws whole numbers from 0 up: %s', (family) => {
    const { values } = generate(family, 101);
    expect(values.length).toBeGreaterThanOrEqual(164);
    expect(values.every((value) => Number.isInteger(value) && value >= 0)).toBe(true);
    expect(values.some((value) => value > 0)).toBe(true);
  });
});
