import { GerritProjects } from '../../../../services/provisioner/self-serve/gerrit-projects';
import type { FileContent } from '../../../../services/shared/gerrit-client';
import type { GerritAnswer } from '../../../../services/shared/gerrit-http';

const CANARY = 'canary';
const COMMIT = 'c'.repeat(40);
const json = (body: unknown): GerritAnswer => ({ status: 200, text: `)]}'\n${JSON.stringify(body)}` });
const missing: GerritAnswer = { status: 404, text: 'Not found' };
/** What the real server answers to somebody who does not own a hidden project. */
const hidden: GerritAnswer = { status: 409, text: 'project a has state HIDDEN does not permit read' };

/** Gerrit by path; what has no answer is 404. */
function subject(
  answers: Record<string, GerritAnswer>,
  tip: 'found' | 'not-readable' | 'no-ref' = 'found',
  files: Record<string, FileContent> = {},
) {
  const asked: string[] = [];
  let now = 0;
  const call = async (_method: string, path: string) => {
    asked.push(path);
    return answers[path] ?? missing;
  };
  const body = async (path: string): Promise<unknown> => {
    const { status, text } = await call('GET', path);
    return status === 404 ? undefined : JSON.parse(text.slice(text.indexOf('\n')));
  };
  const projects = new GerritProjects({
    http: { call, getJson: body, findJson: body },
    gerrit: {
      findTip: async () => (tip === 'found' ? { kind: tip, revision: COMMIT } : { kind: tip }),
      findFile: async (_project, _commit, path) => {
        asked.push(path);
        return files[path] ?? { kind: 'no-file' };
      },
    },
    baseUrl: 'http://gerrit.invalid',
    canaryProject: CANARY,
    now: () => now,
  });
  const pass = (ms: number) => {
    now += ms;
  };
  return { projects, asked, pass };
}
const state = (name: string) => json({ state: name });

test('the list is one request for each 500 projects, and every project is in it once', async () => {
  const page = (from: number, count: number, more: boolean) =>
    json(
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [
          `p${from + index}`,
          {
            state: 'ACTIVE',
            branches: { 'refs/meta/config': COMMIT },
            ...(more && index === count - 1 ? { _more_projects: true } : {}),
          },
        ]),
      ),
    );
  const path = (start: number) => `/projects/?b=refs%2Fmeta%2Fconfig&n=500&S=${start}`;
  const { projects, asked } = subject({
    [path(0)]: page(0, 500, true),
    [path(500)]: page(500, 500, true),
    [path(1000)]: page(1000, 500, true),
    [path(1500)]: page(1500, 500, true),
    [path(2000)]: page(2000, 199, false),
  });
  const names: string[] = [];
  for await (const { name } of projects.list()) {
    names.push(name);
  }

  expect(asked).toHaveLength(5);
  expect(new Set(names).size).toBe(2_199);
});

test('a project without our folder is known by three questions beside its tip, whatever pipelines there are', async () => {
  const { projects, asked } = subject({ '/projects/a': state('ACTIVE') });

  expect(await projects.look('a', ['check', 'post', 'gate'])).toMatchObject({ kind: 'there', definitions: [] });
  expect(asked).toEqual(['/projects/a', 'project.config', `/projects/a/commits/${COMMIT}/files/seakeeper/content`]);
});

test.each(['ACTIVE', 'READ_ONLY'])(
  'its state is that of the commit, whatever Gerrit’s cache still says: %s',
  async (said) => {
    const archived = { 'project.config': { kind: 'found' as const, content: '[project]\n\tstate = read only\n' } };

    expect(await subject({ '/projects/a': state(said) }, 'found', archived).projects.look('a', [])).toMatchObject({
      state: 'READ_ONLY',
      commit: COMMIT,
    });
    expect(await subject({ '/projects/a': state(said) }).projects.look('a', [])).toMatchObject({ state: 'ACTIVE' });
  },
);

test('a hidden one is told from one that is gone', async () => {
  expect(await subject({ '/projects/h': hidden }).projects.look('h', ['check'])).toMatchObject({
    kind: 'there',
    state: 'HIDDEN',
  });
});

test('one whose config we may not read is not readable, never without definitions', async () => {
  const { projects } = subject({ '/projects/a': state('ACTIVE') }, 'not-readable');

  expect(await projects.look('a', ['check'])).toMatchObject({ kind: 'unreadable' });
});

test('one that Gerrit does not show is gone since it was first missed, as long as the canary is there', async () => {
  const answers = { [`/projects/${CANARY}`]: state('ACTIVE'), '/projects/a': missing };
  const { projects, pass } = subject(answers);
  expect(await projects.look('a', [])).toEqual({ kind: 'gone', forMs: 0 });
  pass(5_000);
  expect(await projects.look('a', [])).toEqual({ kind: 'gone', forMs: 5_000 });

  answers['/projects/a'] = state('READ_ONLY');
  await projects.look('a', []);
  answers['/projects/a'] = missing;
  expect(await projects.look('a', [])).toEqual({ kind: 'gone', forMs: 0 });
});

test('nothing is gone when the account does not even see the canary', async () => {
  await expect(subject({}).projects.look('a', [])).rejects.toThrow(/lost its grants/);
});

test('a commit that cannot be read any more is no commit without our folder', async () => {
  const unreadable = { 'project.config': { kind: 'not-readable' as const } };

  await expect(
    subject({ '/projects/a': state('ACTIVE') }, 'found', unreadable).projects.look('a', ['check']),
  ).rejects.toThrow(/cannot be read any more/);
});
