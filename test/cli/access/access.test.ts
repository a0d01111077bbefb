import { checkAccess } from '../../../cli/access/check-access';
import { allQuestions, extent, may, modelAccess, personIdentity } from '../../../cli/access/model-access';
import { renderActor, renderTable } from '../../../cli/access/render-access';
import { RIGHTS } from '../../../cli/access/rights';
import type { ProjectMembers, ProjectSpec } from '../../../core/project';
import { namespaceForProject } from '../../../core/project-name';
import { stackInputs } from '../../../stacks/config/stack-inputs';
import { MINIMAL } from '../../stacks/stack-config';

const inputs = stackInputs({ ...MINIMAL, access: { releng: ['releng'], serviceops: ['serviceops'] } }, () => '');
const spec: ProjectSpec = {
  gerritName: 'mediawiki/core',
  class: 'default',
  visibility: 'public',
  owners: ['olga'],
  contributors: [],
};
const members: ProjectMembers = {
  owners: ['gert'],
  contributors: ['carla'],
  ownerGroups: ['ops'],
  contributorGroups: [],
  notBound: ['Registered Users: global groups are never bound'],
  refreshedAt: '2026-01-02T03:04:05.000Z',
};
const model = modelAccess(inputs, { spec, members });
const namespace = namespaceForProject('mediawiki/core');
const heading = { project: 'mediawiki/core', stack: 'example', notes: ['people: as of now'] };
const actorsOf = (role: string) => model.actors.filter((actor) => actor.role === role);
/** Titles of what somebody may do at least a part of. */
const rightsOf = (role: string): string[] =>
  RIGHTS.filter((right) => actorsOf(role).some((actor) => extent(model, actor, right) !== 'nothing')).map(
    ({ title }) => title,
  );

describe('who may do what in the namespace of a project, as rendered', () => {
  test('owners look, read logs, submit and stop, and do nothing that leads further', () => {
    expect(actorsOf('owners').map(({ name, source }) => [name, source])).toEqual([
      ['olga', 'the Project'],
      ['gert', 'Gerrit'],
      ['group ops', 'Gerrit'],
    ]);
    expect(rightsOf('owners')).toEqual([
      'see runs and steps',
      'read logs',
      'submit and resubmit runs',
      'stop and terminate runs',
      'see quota and limits',
    ]);
  });

  test('what owners have the right to, and admission refuses whatever it holds, they may not', () => {
    const [olga] = actorsOf('owners');
    const question = { verb: 'delete', group: '', resource: 'pods', namespace };
    if (olga === undefined) throw new Error('no owner');

    expect(model.answer(olga, question)).toBeDefined();
    expect(model.admission(olga, question).refusedBy).toMatchObject({
      policy: 'seakeeper-run-pods-stay',
      message: expect.stringContaining("comment 'recheck'"),
    });
    expect(may(model, olga, question)).toBe(false);
  });

  test('what a Workflow may hold that owners submit, admission decides', () => {
    const [olga] = actorsOf('owners');
    const question = { verb: 'create', group: 'argoproj.io', resource: 'workflows', namespace };

    expect(olga && model.admission(olga, question).boundedBy).toContain('seakeeper-workflow-fields');
  });

  test('contributors look and read logs', () => {
    expect(rightsOf('contributors')).toEqual(['see runs and steps', 'read logs']);
  });

  test('the public looks, and where the project is private it does not', () => {
    const secret = modelAccess(inputs, { spec: { ...spec, visibility: 'private' } });

    expect(rightsOf('public')).toEqual(['see runs and steps', 'read logs']);
    for (const actor of secret.actors.filter(({ role }) => role === 'public')) {
      const given = allQuestions(secret.namespace).filter(
        (question) => question.namespace !== undefined && question.resource !== 'workflowtemplates',
      );
      expect(given.filter((question) => secret.answer(actor, question) !== undefined)).toEqual([]);
    }
  });

  test('runs report results and do nothing else', () => {
    expect(rightsOf('runs')).toEqual(["report steps' results"]);
  });

  test.each([
    ['get', 'pods/exec'],
    ['create', 'pods'],
    ['get', 'secrets'],
  ])('nobody of owners, contributors, operators, public or runs may %s %s', (verb, resource) => {
    const people = ['owners', 'contributors', 'RelEng', 'ServiceOps', 'public', 'runs'].flatMap(actorsOf);
    const question = { verb, group: '', resource, namespace };

    expect(people.length).toBeGreaterThan(8);
    expect(people.filter((actor) => model.answer(actor, question) !== undefined)).toEqual([]);
  });

  test('a role that nobody is in still says what it would give', () => {
    const empty = modelAccess(inputs, { spec: { ...spec, owners: [] } });
    const [owners] = empty.actors.filter(({ role }) => role === 'owners');
    const submit = { verb: 'create', group: 'argoproj.io', resource: 'workflows', namespace };

    expect(owners).toEqual({ role: 'owners', name: 'nobody' });
    expect(owners && empty.answer(owners, submit)).toMatchObject({ binding: 'RoleBinding owners' });
  });

  test('an account is known by the name the API server has for it', () => {
    expect(personIdentity('system:serviceaccount:argo-ui:status').groups).toContain('system:serviceaccounts:argo-ui');
    expect(personIdentity('alice', ['staff'])).toEqual({ user: 'alice', groups: ['staff', 'system:authenticated'] });
  });

  test('a stack without the layer that holds the roles is refused with the cure', () => {
    const part = { ...inputs, config: { ...inputs.config, layers: ['ui' as const] } };

    expect(() => modelAccess(part, { spec })).toThrow(/layers ui; who may do what is said in foundation: name a stack/);
  });
});

describe('the check against the API server', () => {
  const serverThat = (allows: (user: string, resource: string, verb: string) => boolean) => ({
    create: async (_path: string, body: object) => {
      const { spec } = body as { spec: { user: string; resourceAttributes: { resource: string; verb: string } } };
      const { resource, verb } = spec.resourceAttributes;
      return { status: { allowed: allows(spec.user, resource, verb), reason: 'RBAC: because' } };
    },
  });

  test('tells what is allowed that nothing rendered gives, and what is refused that is rendered', async () => {
    const [olga] = actorsOf('owners');
    if (olga === undefined) throw new Error('no owner');
    const real = serverThat((_user, resource, verb) => resource === 'secrets' && verb === 'get');

    const check = await checkAccess(real, model, [olga]);

    expect(check.asked).toBe(allQuestions(namespace).length);
    const text = renderActor({ ...heading, server: 'https://api' }, model, olga, check);
    expect(text).toContain(
      `DISAGREEMENT: https://api answers ${check.disagreements.length} of ${check.asked} otherwise`,
    );
    expect(text).toContain('  ALLOWED  olga (owners): get secrets: nothing rendered gives it; RBAC: because');
    expect(text).toContain(
      '  REFUSED  olga (owners): create workflows: RoleBinding owners with ClusterRole seakeeper-project-owner should give it',
    );
  });
});

describe('what is printed', () => {
  test('says that it is computed only, and why', () => {
    const text = renderTable({ ...heading, unchecked: 'there is no kubeconfig' }, model, undefined);

    expect(text).toContain('COMPUTED ONLY, not checked: there is no kubeconfig');
  });

  test('is a table that fits a wide terminal', () => {
    const check = { asked: 1, disagreements: [] };
    const text = renderTable({ ...heading, server: 'https://api' }, model, check);
    const people = model.actors.filter(({ role }) => ['owners', 'contributors', 'public', 'runs'].includes(role));

    expect(renderTable({ ...heading, server: 'https://api' }, { ...model, actors: people }, check)).toMatchSnapshot();
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(140);
  });

  test('lists for one user what gives each right, and what nothing gives', () => {
    const [, gert] = actorsOf('owners');
    if (gert === undefined) throw new Error('no owner');

    expect(
      renderActor({ ...heading, server: 'https://api' }, model, gert, { asked: 1, disagreements: [] }),
    ).toMatchSnapshot();
  });

  test('names everybody, however many', () => {
    const many = Array.from({ length: 60 }, (_, index) => `user-${index}`);
    const crowded = modelAccess(inputs, { spec: { ...spec, owners: many } });
    const text = renderTable(heading, crowded, undefined);

    expect(many.filter((name) => !text.includes(`${name} (the Project)`))).toEqual([]);
  });
});
