import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import pLimit from 'p-limit';
import { type ChangeOnRecord, parseChange, RECORD_OPTIONS } from './model-record';

const run = promisify(execFile);
const MAGIC_PREFIX = ")]}'";
const MOST_BYTES = 256 * 1024 * 1024;
const AT_ONCE = 8;

export interface GerritRecordOptions {
  /** No trailing slash. */
  readonly baseUrl: string;
  readonly account: string;
  readonly passwordFile: string;
  readonly projects: readonly string[];
}

/**
 * Every change of some projects. Which there are is read from the repositories' refs: a search looks into an index, and
 * what a Gerrit that was killed had not written of it is not found there.
 */
export async function readChanges(options: GerritRecordOptions): Promise<ChangeOnRecord[]> {
  const { baseUrl, account, passwordFile, projects } = options;
  const password = (await readFile(passwordFile, 'utf8')).trim();
  const authorization = `Basic ${Buffer.from(`${account}:${password}`).toString('base64')}`;
  const limit = pLimit(AT_ONCE);
  const query = RECORD_OPTIONS.map((option) => `o=${option}`).join('&');

  const ofProject = async (project: string) => {
    const numbers = await changeNumbers(`${baseUrl}/a/${encodeURI(project)}`, authorization);
    return Promise.all(
      numbers.map((number) =>
        limit(async () => {
          const url = `${baseUrl}/a/changes/${encodeURIComponent(project)}~${number}?${query}`;
          const answer = await fetch(url, { headers: { authorization } });
          const text = await answer.text();
          if (!answer.ok || !text.startsWith(MAGIC_PREFIX)) {
            throw new Error(`GET ${url}: ${answer.status} ${text.slice(0, 200)}`);
          }
          return parseChange(JSON.parse(text.slice(MAGIC_PREFIX.length)));
        }),
      ),
    );
  };
  return (await Promise.all(projects.map(ofProject))).flat();
}

async function changeNumbers(url: string, authorization: string): Promise<number[]> {
  const { stdout } = await run('git', ['ls-remote', url, 'refs/changes/*/meta'], {
    maxBuffer: MOST_BYTES,
    env: {
      ...{
        PATH: process.env['PATH'],
        GIT_TERMINAL_PROMPT: '0',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
      },
      // In the environment: arguments would show it to everybody.
      ...{ GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'http.extraHeader' },
      GIT_CONFIG_VALUE_0: `Authorization: ${authorization}`,
    },
  });
  return [...stdout.matchAll(/\trefs\/changes\/\d\d\/(\d+)\/meta$/gm)].map(([, number]) => Number(number));
}
