import fc from 'fast-check';
import pLimit from 'p-limit';
import { checkAccess, reviewAccess } from '../../../cli/access/check-access';
import { allQuestions, modelAccess } from '../../../cli/access/model-access';
import { renderTable } from '../../../cli/access/render-access';
import { ProjectRole } from '../../../core/access';
import type { KubeObject } from '../../../core/kube-object';
import { type ApiServerFixture, startApiServer } from '../../../local/cluster/api-server-alone';
import { type AccessQuestion, Authorizer, type Identity, serviceAccountIdentity } from '../../../policy/authorize';
import { KubeClient } from '../../../services/shared/kube-client';
import { stackInputs } from '../../../stacks/config/stack-inputs';
import { renderCluster } from '../../../stacks/render/render-cluster';
import { MINIMAL } from '../../stacks/stack-config';
import { until } from '../support/until';

jest.setTimeout(120_000);

const RBAC = 'rbac.authorization.k8s.io';
const SEED = 20_261_123;
const WORLDS = 20;
const QUESTIONS = 80;

let fixture: ApiServerFixture;
let kube: KubeClient;
const limit = pLimit(16);
/** Roles that an earlier test made, by kind and name. */
const isThere = new Set<string>();

beforeAll(async () => {
  fixture = await startApiServer();
  kube = new KubeClient(fixture.config());
}, 90_000);

afterAll(() => fixture?.stop());

const named = (kind: string, name: string, namespace: string | undefined, more: object): KubeObject => ({
  apiVersion: `${RBAC}/v1`,
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  ...more,
});

/** A set of roles and bindings of its own namespaces, users and names, so that many can stand side by side. */
interface World {
  readonly objects: readonly KubeObject[];
  readonly questions: readonly { readonly identity: Identity; readonly question: AccessQuestion }[];
}

const VERBS = ['get', 'list', 'create', '*'];
const GROUPS = ['', 'argoproj.io', '*'];
const RESOURCES = ['pods', 'pods/log', 'workflows', 'secrets', '*', '*/log', 'pods/*'];
const NAMES = ['one', 'two'];
const some = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 });

function world(id: number): fc.Arbitrary<World> {
  const prefix = `w${id}`;
  const namespaces = [`${prefix}-a`, `${prefix}-b`];
  const users = [`${prefix}-u0`, `${prefix}-u1`];
  const group = `${prefix}-g`;
  const accounts = namespaces.map((namespace) => ({ namespace, name: 'runner' }));
  const rules = fc.array(
    fc.record(
      {
        verbs: some(VERBS),
        apiGroups: some(GROUPS),
        resources: some(RESOURCES),
        resourceNames: some(NAMES),
      },
      // Most rules name no object.
      { requiredKeys: ['verbs', 'apiGroups', 'resources'] },
    ),
    { minLength: 1, maxLength: 4 },
  );
  const subject = fc.constantFrom(
    ...users.map((name) => ({ apiGroup: RBAC, kind: 'User', name })),
    { apiGroup: RBAC, kind: 'Group', name: group },
    { apiGroup: RBAC, kind: 'Group', name: `system:serviceaccounts:${namespaces[0]}` },
    ...accounts.map((account) => ({ kind: 'ServiceAccount', ...account })),
  );
  // In a namespace an account may go without saying which.
  const subjectInNamespace = fc.oneof(subject, fc.constant({ kind: 'ServiceAccount', name: 'runner' }));
  const roles = fc.array(rules, { minLength: 2, maxLength: 3 });
  const reference = (kinds: readonly string[]) =>
    fc.record({
      apiGroup: fc.constant(RBAC),
      kind: fc.constantFrom(...kinds),
      name: fc.constantFrom('r0', 'r1', 'r2'),
    });
  const bindings = fc.array(
    fc.record({
      roleRef: reference(['Role', 'ClusterRole']),
      subjects: fc.array(subjectInNamespace, { maxLength: 4 }),
    }),
    { minLength: 2, maxLength: 4 },
  );
  const clusterBindings = fc.array(
    fc.record({ roleRef: reference(['ClusterRole']), subjects: fc.array(subject, { maxLength: 2 }) }),
    { maxLength: 1 },
  );
  const identity: fc.Arbitrary<Identity> = fc.oneof(
    fc.record({ user: fc.constantFrom(...users), groups: fc.subarray([group, 'system:authenticated']) }),
    fc.constantFrom(...accounts.map(serviceAccountIdentity)),
  );
  const question: fc.Arbitrary<AccessQuestion> = fc.record({
    verb: fc.constantFrom('get', 'list', 'create', 'delete'),
    group: fc.constantFrom('', 'argoproj.io', 'apps'),
    resource: fc.constantFrom('pods', 'pods/log', 'pods/exec', 'workflows', 'workflows/log', 'secrets'),
    namespace: fc.constantFrom(...namespaces, undefined),
    name: fc.constantFrom(undefined, ...NAMES, 'three'),
  });
  const clusterName = (name: string) => `${prefix}-${name}`;
  return fc
    .record({
      clusterRoles: roles,
      roles: fc.tuple(roles, roles),
      bindings: fc.tuple(bindings, bindings),
      clusterBindings,
      questions: fc.array(fc.record({ identity, question }), { minLength: QUESTIONS, maxLength: QUESTIONS }),
    })
    .map((drawn): World => {
      const to = (ref: { apiGroup: string; kind: string; name: string }) =>
        ref.kind === 'ClusterRole' ? { ...ref, name: clusterName(ref.name) } : ref;
      const inNamespaces = namespaces.flatMap((namespace, which) => [
        ...(drawn.roles[which] ?? []).map((of, index) => named('Role', `r${index}`, namespace, { rules: of })),
        ...(drawn.bindings[which] ?? []).map(({ roleRef, subjects }, index) =>
          named('RoleBinding', `b${index}`, namespace, { roleRef: to(roleRef), subjects }),
        ),
      ]);
      return {
        objects: [
          ...drawn.clusterRoles.map((of, index) =>
            named('ClusterRole', clusterName(`r${index}`), undefined, { rules: of }),
          ),
          ...inNamespaces,
          ...drawn.clusterBindings.map(({ roleRef, subjects }, index) =>
            named('ClusterRoleBinding', clusterName(`b${index}`), undefined, { roleRef: to(roleRef), subjects }),
          ),
        ],
        questions: drawn.questions,
      };
    });
}

const PLURALS: Readonly<Record<string, string>> = {
  Role: 'roles',
  ClusterRole: 'clusterroles',
  RoleBinding: 'rolebindings',
  ClusterRoleBinding: 'clusterrolebindings',
};

function create(object: KubeObject): Promise<unknown> {
  const { namespace } = object.metadata;
  const scope = namespace === undefined ? '' : `/namespaces/${namespace}`;
  return limit(() => kube.create(`/apis/${RBAC}/v1${scope}/${PLURALS[object.kind]}`, object));
}

/** Creates objects, with whatever namespaces they need, and waits until the authorizer has seen the last of each kind. */
async function put(objects: readonly KubeObject[], mark: string): Promise<void> {
  const rules = [{ apiGroups: ['seen'], resources: ['marks'], verbs: ['get'] }];
  const subjects = [{ apiGroup: RBAC, kind: 'User', name: mark }];
  const marks = [
    named('Role', mark, mark, { rules }),
    named('ClusterRole', mark, undefined, { rules }),
    named('RoleBinding', mark, mark, { roleRef: { apiGroup: RBAC, kind: 'Role', name: mark }, subjects }),
    named('ClusterRoleBinding', mark, undefined, {
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: mark },
      subjects,
    }),
  ];
  const namespaces = new Set([...objects, ...marks].flatMap(({ metadata }) => metadata.namespace ?? []));
  await Promise.all(
    [...namespaces].map((name) =>
      limit(() => kube.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    ),
  );
  await Promise.all(objects.map(create));
  await Promise.all(marks.map(create));
  for (const namespace of [mark, undefined]) {
    const question = { verb: 'get', group: 'seen', resource: 'marks', namespace };
    await until(
      'the authorizer has seen everything',
      async () => (await reviewAccess(kube, { user: mark, groups: [] }, question)).allowed,
    );
  }
}

/** Where the two do not say the same, as text. */
async function differences(
  authorizer: Authorizer,
  asked: readonly { identity: Identity; question: AccessQuestion }[],
): Promise<string[]> {
  const answers = asked.map(({ identity, question }) =>
    limit(async () => {
      const { allowed } = await reviewAccess(kube, identity, question);
      const grant = authorizer.answer(identity, question);
      return allowed === (grant !== undefined) ? [] : [JSON.stringify({ identity, question, allowed, grant })];
    }),
  );
  return (await Promise.all(answers)).flat();
}

describe('rights as we compute them are those that the API server gives', () => {
  test(`for ${WORLDS} sets of roles and bindings drawn at random (seed ${SEED}), ${QUESTIONS} questions each`, async () => {
    const worlds = Array.from({ length: WORLDS }, (_, id) =>
      fc.sample(world(id), { numRuns: 1, seed: SEED + id }),
    ).flat();
    await put(
      worlds.flatMap(({ objects }) => objects),
      'seen-random',
    );

    const found = await Promise.all(
      worlds.map(({ objects, questions }) => differences(new Authorizer(objects), questions)),
    );

    expect(found.flat()).toEqual([]);
    const given = worlds.flatMap(({ objects, questions }) => {
      const authorizer = new Authorizer(objects);
      return questions.filter(({ identity, question }) => authorizer.answer(identity, question) !== undefined);
    });
    // Neither all nothing nor everything: the draw is of use.
    expect(given.length / (WORLDS * QUESTIONS)).toBeGreaterThan(0.05);
    expect(given.length / (WORLDS * QUESTIONS)).toBeLessThan(0.6);
  });

  test('for every role of a project, every verb and every kind', async () => {
    const namespace = 'ci-every-role';
    const roles = [...renderCluster(stackInputs(MINIMAL, () => ''))]
      .map(({ object }) => object)
      .filter(
        ({ kind, metadata }) => kind === 'ClusterRole' && Object.values<string>(ProjectRole).includes(metadata.name),
      );
    const bindings = roles.map(({ metadata: { name } }) =>
      named('RoleBinding', name, namespace, {
        roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
        subjects: [{ apiGroup: RBAC, kind: 'User', name: `somebody-${name}` }],
      }),
    );
    await put([...roles, ...bindings], 'seen-roles');
    for (const { kind, metadata } of roles) isThere.add(`${kind} ${metadata.name}`);
    const kinds = [...new Set(allQuestions(namespace).map(({ group, resource }) => JSON.stringify([group, resource])))];
    const verbs = [...new Set(allQuestions(namespace).map(({ verb }) => verb))];
    const asked = roles.flatMap(({ metadata }) =>
      kinds.flatMap((kind) => {
        const [group, resource]: [string, string] = JSON.parse(kind);
        const identity = { user: `somebody-${metadata.name}`, groups: ['system:authenticated'] };
        return verbs.map((verb) => ({ identity, question: { verb, group, resource, namespace } }));
      }),
    );

    expect(roles).toHaveLength(Object.values(ProjectRole).length);
    expect(await differences(new Authorizer([...roles, ...bindings]), asked)).toEqual([]);
  });

  test('for everybody of a stack, until somebody is given something by hand, which is told', async () => {
    const inputs = stackInputs({ ...MINIMAL, access: { releng: ['releng'], serviceops: ['serviceops'] } }, () => '');
    const [spec] = inputs.config.projects;
    if (spec === undefined) throw new Error('the example has no project');
    const model = modelAccess(inputs, { spec: { ...spec, owners: ['olga'], contributors: ['carl'] } });
    const rendered = [
      ...renderCluster({
        ...inputs,
        config: { ...inputs.config, projects: [{ ...spec, owners: ['olga'], contributors: ['carl'] }] },
      }),
    ]
      .map(({ object }) => object)
      .filter(({ kind, metadata }) => PLURALS[kind] !== undefined && !isThere.has(`${kind} ${metadata.name}`));
    await put(rendered, 'seen-stack');

    expect((await checkAccess(kube, model, model.actors)).disagreements).toEqual([]);

    const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }];
    const subjects = [{ apiGroup: RBAC, kind: 'User', name: 'carl' }];
    const roleRef = { apiGroup: RBAC, kind: 'Role', name: 'by-hand' };
    await create(named('Role', 'by-hand', model.namespace, { rules }));
    await create(named('RoleBinding', 'by-hand', model.namespace, { roleRef, subjects }));
    const carl = model.actors.filter(({ name }) => name === 'carl');
    const told = async () => {
      const check = await checkAccess(kube, model, carl);
      return renderTable({ project: spec.gerritName, stack: 'example', notes: [], server: fixture.url }, model, check);
    };
    await until('the API server knows it', async () => (await told()).includes('DISAGREEMENT'));
    expect(await told()).toMatch(
      /ALLOWED {2}carl \(contributors\): get secrets: nothing rendered gives it; .*RoleBinding "by-hand/,
    );
  });
});
