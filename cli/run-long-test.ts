import { LONG_TESTS, renderLongTests } from './long-tests';
import { runSuites } from './run-tests';

/** Says to a test that it is to run in its full form. */
const LONG = { SEAKEEPER_LONG: '1' };
const LIMIT_MS = 6 * 3600_000;

/**
 * `npm run test:long -- NAME`: the full form of a scenario that `npm test` runs in a small one. Without a name, lists them.
 * Resolves to the exit code.
 *
 * @throws when no scenario has that name
 */
export async function runLongTest(name: string | undefined): Promise<number> {
  if (name === undefined) {
    process.stdout.write(renderLongTests());
    return 0;
  }
  const test = Object.hasOwn(LONG_TESTS, name) ? LONG_TESTS[name] : undefined;
  if (test === undefined) {
    throw new Error(`no long test is called '${name}'; there are: ${Object.keys(LONG_TESTS).join(', ')}`);
  }
  const project = test.file.startsWith('test/e2e/') ? 'e2e' : 'unit';
  const args = ['--selectProjects', project, '--runInBand', '--forceExit', '--runTestsByPath', test.file];
  return runSuites([[{ name, args, env: LONG }]], LIMIT_MS);
}
