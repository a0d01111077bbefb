import { parseNodes } from '../../../../infra/capacity/simulation/parse-nodes';

describe('parseNodes', () => {
  test('reads machines of any pool', () => {
    expect(parseNodes('12x48cpu/192Gi')).toEqual([{ count: 12, cpu: 48, memory: '192Gi' }]);
  });

  test('reads machines by pool', () => {
    expect(parseNodes('gate=4x48cpu/192Gi, check=9x16.5cpu/64Gi')).toEqual([
      { count: 4, cpu: 48, memory: '192Gi', pool: 'gate' },
      { count: 9, cpu: 16.5, memory: '64Gi', pool: 'check' },
    ]);
  });

  test.each([
    ['12', 'is no number of machines and their size'],
    ['12x48cpu', 'is no number of machines and their size'],
    ['0x48cpu/192Gi', 'there must be at least one machine'],
    ['1x0cpu/192Gi', 'a machine must have CPU'],
    ['1x48cpu/192GB', "memory '192GB' is no quantity such as 192Gi"],
    ['fast=1x48cpu/192Gi', "pool 'fast' is none; allowed are system, gate, check, heavy, security"],
    ['gate=1x48cpu/192Gi,1x48cpu/192Gi', 'either all machines have a pool or none has'],
    ['99999x48cpu/192Gi', 'Kubernetes is built for 5000 at most'],
    ['', 'is no number of machines and their size'],
  ])('throws one line for %s', (text, message) => {
    expect(() => parseNodes(text)).toThrow(message);
  });
});
