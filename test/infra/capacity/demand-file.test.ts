import { daysOf, parseDemandFile, renderDemandFile } from '../../../infra/capacity/demand-file';
import { demandFile, steadyPool } from './demand-fixture';

const demand = demandFile({ check: steadyPool(68), gate: steadyPool(20) });

describe('demand file', () => {
  test('reads what was written', () => {
    expect(parseDemandFile(renderDemandFile(demand), 'ci.json')).toEqual(demand);
  });

  test('is written with the same bytes whatever order the pools were in', () => {
    const [check, gate] = [steadyPool(68), steadyPool(20)];
    expect(renderDemandFile(demandFile({ gate, check }))).toBe(renderDemandFile(demandFile({ check, gate })));
  });

  test('a forecast is one line, so that a new one is a short diff', () => {
    const lines = renderDemandFile(demand).split('\n');
    expect(lines.filter((line) => line.includes('"p90":'))).toHaveLength(2);
    expect(lines.length).toBeLessThan(60);
  });

  test('days follow each other over the end of a month', () => {
    const pool = steadyPool(1, {}, 11);
    expect(daysOf(pool.forecast).slice(-3)).toEqual(['2019-10-31', '2019-11-01', '2019-11-02']);
  });

  test.each([
    ['{', 'ci.json is not JSON'],
    ['{}', 'ci.json is no demand file'],
    [renderDemandFile(demand).replace('"version": 1', '"version": 2'), 'version'],
    [renderDemandFile(demand).replace('"busyHour": [34, ', '"busyHour": ['), 'must have as many days'],
  ])('throws one line that says how to write it anew (%#)', (text, message) => {
    expect(() => parseDemandFile(text, 'ci.json')).toThrow(message);
    expect(() => parseDemandFile(text, 'ci.json')).toThrow('npm run capacity -- --builds FILE --save ci.json');
  });
});
