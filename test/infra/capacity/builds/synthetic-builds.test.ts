import { createHash } from 'node:crypto';
import { generateBuilds, renderCsv } from '../../../../infra/capacity/builds/synthetic-builds';

describe('generateBuilds', () => {
  test('is frozen: measurements are compared over versions', () => {
    const text = [...renderCsv(generateBuilds(1, { builds: 2000 }))].join('\n');
    expect(createHash('sha256').update(text).digest('hex')).toBe(
      '9207cb710bf69dba74f811507a5125c06d9b2fcb43345a724425c9108deb30fe',
    );
  });

  test('by start and by end, they are the same builds in order', () => {
    const random = [...generateBuilds(2, { builds: 500 })];
    const byStart = [...generateBuilds(2, { builds: 500, order: 'start' })];
    const byEnd = [...generateBuilds(2, { builds: 500, order: 'end' })];

    expect(byStart).toEqual(random.toSorted((a, b) => a.startMs - b.startMs));
    expect(byEnd).toEqual(random.toSorted((a, b) => a.endMs - b.endMs));
    expect(byEnd).not.toEqual(byStart);
  });
});
