import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LONG_TESTS, renderLongTests } from '../../cli/long-tests';
import { runLongTest } from '../../cli/run-long-test';

test('a list of long tests says what each shows', () => {
  const tests = { a: { says: 'one', file: 'x' }, longer: { says: 'two', file: 'y' } };

  expect(renderLongTests(tests)).toBe('a       one\nlonger  two\n');
});

test('an unknown long test is refused with the names there are', async () => {
  await expect(runLongTest('toString')).rejects.toThrow(
    `no long test is called 'toString'; there are: ${Object.keys(LONG_TESTS).join(', ')}`,
  );
});

test.each(Object.entries(LONG_TESTS))('%s: its test file is there and has a full form', (_name, { file }) => {
  const text = readFileSync(join(__dirname, '..', '..', file), 'utf8');

  expect(text).toContain("process.env['SEAKEEPER_LONG']");
});
