import fc from 'fast-check';
import { pack } from '../../../../infra/capacity/packing/pack';

const GI = 2 ** 30;

describe('pack', () => {
  test('executors alike fill each node in the dimension that runs out first', () => {
    const executor = { name: 'executor', count: 99, size: { cpu: 2, memory: 6 * GI } };
    const { nodes, loss } = pack([executor], { cpu: 47, memory: 185 * GI });
    expect(nodes.map(({ items }) => items['executor'])).toEqual([23, 23, 23, 23, 7]);
    expect(loss).toEqual({ cpu: 5 * 47 - 2 * 99, memory: (5 * 185 - 6 * 99) * GI });
  });

  test('small ones fill what large ones leave', () => {
    const { nodes } = pack(
      [
        { name: 'small', count: 4, size: { cpu: 1 } },
        { name: 'large', count: 2, size: { cpu: 6 } },
      ],
      { cpu: 8 },
    );
    expect(nodes).toEqual([
      { items: { large: 1, small: 2 }, free: { cpu: 0 } },
      { items: { large: 1, small: 2 }, free: { cpu: 0 } },
    ]);
  });

  test('a dimension that an item says nothing of is not used up', () => {
    const { nodes } = pack([{ name: 'daemon', count: 3, size: { cpu: 1 } }], { cpu: 3, memory: GI });
    expect(nodes).toEqual([{ items: { daemon: 3 }, free: { cpu: 0, memory: GI } }]);
  });

  test('fractions of cores that add up to a node fit on it', () => {
    expect(pack([{ name: 'pod', count: 10, size: { cpu: 0.1 } }], { cpu: 1 }).nodes).toHaveLength(1);
  });

  test('nothing needs no node', () => {
    expect(pack([], { cpu: 8 })).toEqual({ nodes: [], loss: { cpu: 0 } });
  });

  test('throws when an item is larger than a node', () => {
    expect(() => pack([{ name: 'selenium', count: 1, size: { cpu: 9 } }], { cpu: 8 })).toThrow(
      'selenium needs cpu 9, a node has 8; it needs a larger shape of node',
    );
  });

  test('every item is placed once, no node holds more than it has, and the loss is what is left', () => {
    const item = fc.record({
      count: fc.integer({ min: 0, max: 30 }),
      size: fc.record({ cpu: fc.integer({ min: 1, max: 16 }), memory: fc.integer({ min: 1, max: 64 }) }),
    });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 8 }), (sizes) => {
        const items = sizes.map((size, index) => ({ name: `item-${index}`, ...size }));
        const { nodes, loss } = pack(items, { cpu: 16, memory: 64 });
        for (const { name, count } of items) {
          expect(nodes.reduce((sum, { items }) => sum + (items[name] ?? 0), 0)).toBe(count);
        }
        for (const { free } of nodes) expect(Math.min(...Object.values(free))).toBeGreaterThanOrEqual(0);
        const used = items.reduce((sum, { count, size }) => sum + count * size.cpu, 0);
        expect(loss['cpu']).toBe(nodes.length * 16 - used);
      }),
    );
  });
});
