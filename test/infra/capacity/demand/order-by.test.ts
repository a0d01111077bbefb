import fc from 'fast-check';
import { orderBy } from '../../../../infra/capacity/demand/order-by';

describe('orderBy', () => {
  test('is the stable order of the keys, however far apart they are', () => {
    // Apart by less and by more than each of the digits it sorts by.
    const key = fc.oneof(
      fc.integer({ min: -3, max: 3 }),
      fc.integer({ min: 0, max: 2 ** 17 }),
      fc.maxSafeInteger().map((value) => Math.trunc(value / 4)),
    );
    fc.assert(
      fc.property(fc.array(key, { maxLength: 300 }), (keys) => {
        const order = orderBy({ rows: Float64Array.from(keys), width: 1, column: 0 }, keys.length);
        expect([...order]).toEqual(keys.map((_, at) => at).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0)));
      }),
    );
  });

  test('takes its key from a column of rows, and no more rows than it is told', () => {
    const rows = Float64Array.of(1, 30, 2, 10, 3, 20, 4, 0);
    expect([...orderBy({ rows, width: 2, column: 1 }, 3)]).toEqual([1, 2, 0]);
  });
});
