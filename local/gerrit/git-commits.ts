import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './run-command';

/** Contents by path; null takes the file away. */
export type Files = Readonly<Record<string, string | null>>;

/** A commit to make and where to push it. */
export interface CommitAndPush {
  /** URL of the repository. */
  readonly url: string;
  readonly account: string;
  readonly password: string;
  /** Ref or refs/changes/… the commit builds on; undefined: a commit without parent. */
  readonly base: string | undefined;
  /** Use the parent of `base` instead: a new patch set stands where the old one stood. */
  readonly replaceBase?: boolean;
  readonly files: Files;
  readonly message: string;
  /** Author and committer. */
  readonly email: string;
  readonly name: string;
  /** Where to push, such as `refs/heads/master` or `refs/for/master%topic=x`. */
  readonly target: string;
}

/** Makes one commit with git and pushes it over HTTP. Resolves with its hash; rejects with git's and Gerrit's words. */
export async function commitAndPush(wanted: CommitAndPush): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'seakeeper-git-'));
  try {
    const git = async (args: readonly string[], stdin?: string): Promise<string> => {
      const { stdout } = await runCommand('git', ['-C', folder, ...args], {
        env: gitEnvironment(wanted.account, wanted.password),
        ...(stdin === undefined ? {} : { stdin }),
      });
      return stdout.trim();
    };
    await git(['init', '--quiet', '--bare']);
    if (wanted.base !== undefined) {
      await git(['fetch', '--quiet', '--depth=2', wanted.url, `${wanted.base}:refs/heads/base`]);
    }
    // A commit in another's place keeps its tree but not its parent.
    const tree = wanted.replaceBase === true ? await git(['rev-parse', 'refs/heads/base^{tree}']) : undefined;
    await git(['fast-import', '--quiet'], renderCommit(wanted, tree));
    const commit = await git(['rev-parse', 'refs/heads/new']);
    await git(['push', '--quiet', wanted.url, `${commit}:${wanted.target}`]);
    return commit;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Environment with which git sends the account's password; arguments would show it to everybody. */
function gitEnvironment(account: string, password: string): Record<string, string> {
  const credentials = Buffer.from(`${account}:${password}`).toString('base64');
  return {
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'http.extraHeader',
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${credentials}`,
  };
}

function renderCommit(wanted: CommitAndPush, tree: string | undefined): string {
  const when = `${Math.floor(Date.now() / 1000)} +0000`;
  const parent = wanted.base === undefined ? [] : [`from refs/heads/base${wanted.replaceBase === true ? '^' : '^0'}`];
  return [
    'commit refs/heads/new',
    `author ${wanted.name} <${wanted.email}> ${when}`,
    `committer ${wanted.name} <${wanted.email}> ${when}`,
    data(wanted.message),
    ...parent,
    ...(tree === undefined ? [] : [`M 040000 ${tree} ""`]),
    ...Object.entries(wanted.files).map(([path, content]) =>
      content === null ? `D ${path}` : `M 100644 inline ${path}\n${data(content)}`,
    ),
    '',
  ].join('\n');
}

const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}`;
