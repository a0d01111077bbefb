import { z } from 'zod';
import type { KubeObject } from '../../core/kube-object';
import { stackInputs } from '../../stacks/config/stack-inputs';
import { type RenderedObject, renderCluster } from '../../stacks/render/render-cluster';
import { MINIMAL } from './stack-config';

const access = { releng: ['releng'], serviceops: ['serviceops'] };
const rendered = [...renderCluster(stackInputs({ ...MINIMAL, access }, () => ''))];

const Rule = z.object({
  apiGroups: z.array(z.string()),
  resources: z.array(z.string()),
  verbs: z.array(z.string()),
  resourceNames: z.array(z.string()).optional(),
});
type Rule = z.infer<typeof Rule>;
const Role = z.object({ rules: z.array(Rule) });
const Binding = z.object({
  roleRef: z.object({ kind: z.string(), name: z.string() }),
  subjects: z.array(z.object({ kind: z.string(), name: z.string() })),
});

const objectsOf = (kind: string): KubeObject[] =>
  rendered.map(({ object }) => object).filter((object) => object.kind === kind);

/** Rules a group has in a namespace; with none, at cluster scope. */
function rulesOf(group: string, namespace: string | undefined): Rule[] {
  const bindings = [...objectsOf('ClusterRoleBinding'), ...(namespace === undefined ? [] : objectsOf('RoleBinding'))];
  return bindings
    .filter(({ metadata }) => metadata.namespace === undefined || metadata.namespace === namespace)
    .map((binding) => ({ place: binding.metadata.namespace, ...Binding.parse(binding) }))
    .filter(({ subjects }) => subjects.some(({ kind, name }) => kind === 'Group' && name === group))
    .flatMap(({ place, roleRef }) =>
      objectsOf(roleRef.kind)
        .filter(
          ({ metadata }) =>
            metadata.name === roleRef.name && (roleRef.kind === 'ClusterRole' || metadata.namespace === place),
        )
        .flatMap((role) => Role.parse(role).rules),
    );
}

interface Request {
  readonly group: string;
  readonly verb: string;
  readonly apiGroup: string;
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name?: string;
}

/** What the API server's RBAC would answer. */
const may = ({ group, verb, apiGroup, resource, namespace, name }: Request): boolean =>
  rulesOf(group, namespace).some(
    (rule) =>
      rule.verbs.includes(verb) &&
      rule.apiGroups.includes(apiGroup) &&
      rule.resources.includes(resource) &&
      (rule.resourceNames === undefined || (name !== undefined && rule.resourceNames.includes(name))),
  );

/** As the API server forms plurals, but for the one that is its own. */
function pluralOf(kind: string): string {
  if (kind === 'EventBus') return 'eventbus';
  const lower = kind.toLowerCase();
  if (lower.endsWith('y')) return `${lower.slice(0, -1)}ies`;
  return lower.endsWith('s') ? `${lower}es` : `${lower}s`;
}

const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '');

const applying = (group: string, { apiVersion, kind, metadata }: KubeObject) =>
  ['get', 'create', 'patch', 'delete'].map((verb) => ({
    group,
    verb,
    apiGroup: groupOf(apiVersion),
    resource: pluralOf(kind),
    namespace: metadata.namespace,
    name: metadata.name,
  }));

const refused = (group: string, wanted: (object: RenderedObject) => boolean): string[] =>
  rendered
    .filter(wanted)
    .flatMap(({ object }) => applying(group, object))
    .filter((request) => !may(request))
    .map(({ verb, resource, namespace, name }) => `${verb} ${resource} ${namespace ?? ''}/${name}`);

describe('groups that run the system', () => {
  test('RelEng may deploy every object of the system layer', () => {
    expect(refused('releng', ({ origin }) => origin === 'system')).toEqual([]);
  });

  test('ServiceOps may deploy every object of the foundation and the ui layer', () => {
    expect(refused('serviceops', ({ origin }) => origin === 'foundation' || origin === 'ui')).toEqual([]);
  });

  test('what ServiceOps may change at cluster scope is of kinds that the foundation has, and nodes', () => {
    const writes = rulesOf('serviceops', undefined).filter(({ verbs }) => verbs.includes('patch'));
    const granted = writes.flatMap(({ apiGroups, resources }) =>
      apiGroups.flatMap((group) => resources.map((resource) => `${group}/${resource}`)),
    );
    const theirs = rendered
      .filter(({ origin, object }) => origin === 'foundation' && object.metadata.namespace === undefined)
      .map(({ object }) => `${groupOf(object.apiVersion)}/${pluralOf(object.kind)}`);

    expect(new Set(granted)).toEqual(new Set([...theirs, '/nodes']));
  });

  test('what ServiceOps may change in namespaces of the system layer is what the foundation has there', () => {
    const namespaces = ['argo-system', 'gerrit-gateway', 'artifacts'];
    const inCluster = rulesOf('serviceops', undefined).length;
    const granted = namespaces.flatMap((namespace) =>
      // Those of the cluster come first.
      rulesOf('serviceops', namespace)
        .slice(inCluster)
        .flatMap(({ resources }) => resources),
    );
    const theirs = rendered
      .filter(({ origin, object }) => origin === 'foundation' && namespaces.includes(object.metadata.namespace ?? ''))
      .map(({ object }) => pluralOf(object.kind));

    expect(new Set(granted)).toEqual(new Set(theirs));
  });

  test.each(['system', 'ui'] as const)('may make the Roles of layer %s: each right in them is theirs too', (layer) => {
    const group = layer === 'system' ? 'releng' : 'serviceops';
    const roles = rendered.filter(({ origin, object }) => origin === layer && object.kind === 'Role');
    const missing = roles.flatMap(({ object }) =>
      Role.parse(object).rules.flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap((apiGroup) =>
          resources.flatMap((resource) =>
            verbs
              .map((verb) => ({ group, verb, apiGroup, resource, namespace: object.metadata.namespace }))
              .filter((request) => !may(request)),
          ),
        ),
      ),
    );

    expect(roles.length).toBeGreaterThan(0);
    expect(missing).toEqual([]);
  });

  test.each([
    ['releng', 'get', '', 'secrets', 'seakeeper-system'],
    ['releng', 'patch', '', 'configmaps', 'seakeeper-system'],
    ['releng', 'get', '', 'secrets', 'argo-ui'],
    ['releng', 'patch', '', 'nodes', undefined],
    ['releng', 'create', '', 'pods', 'argo-system'],
    ['releng', 'create', '', 'pods/exec', 'argo-system'],
    ['releng', 'patch', 'rbac.authorization.k8s.io', 'clusterroles', undefined],
    ['serviceops', 'get', '', 'secrets', 'gerrit-gateway'],
    ['serviceops', 'get', '', 'secrets', 'artifacts'],
    ['serviceops', 'create', '', 'pods', 'argo-ui'],
    ['serviceops', 'patch', 'apps', 'deployments', 'argo-system'],
    ['serviceops', 'create', '', 'secrets', 'ci-x'],
    ['serviceops', 'patch', 'rbac.authorization.k8s.io', 'rolebindings', 'ci-x'],
    ['serviceops', 'patch', 'seakeeper.wikimedia.org', 'projects', undefined],
    ['serviceops', 'patch', 'admissionregistration.k8s.io', 'validatingwebhookconfigurations', undefined],
  ])('%s may not %s %s %s in %s', (group, verb, apiGroup, resource, namespace) => {
    expect(may({ group, verb, apiGroup, resource, namespace })).toBe(false);
  });

  test('ServiceOps may cordon, drain and taint nodes', () => {
    expect(may({ group: 'serviceops', verb: 'patch', apiGroup: '', resource: 'nodes', namespace: undefined })).toBe(
      true,
    );
    expect(
      may({ group: 'serviceops', verb: 'create', apiGroup: '', resource: 'pods/eviction', namespace: 'ci-x' }),
    ).toBe(true);
  });

  test('hold no wildcard and impersonate nobody; who deploys the roles binds and escalates, nobody else', () => {
    const roles = rendered
      .filter(({ source, object }) => source === 'operator-access' && /Role$/.test(object.kind))
      .map(({ object }) => object);
    const escalating = roles.filter((role) => /"(bind|escalate)"/.test(JSON.stringify(role)));

    expect(roles.length).toBeGreaterThan(0);
    expect(JSON.stringify(roles)).not.toMatch(/"(\*|impersonate)"/);
    expect(escalating.map(({ metadata }) => metadata.name).sort()).toEqual([
      'seakeeper-serviceops-cluster',
      'seakeeper-serviceops-foundation',
    ]);
  });

  test('a stack that names no groups has no such roles', () => {
    const without = [...renderCluster(stackInputs(MINIMAL, () => ''))];

    expect(without.filter(({ source }) => source === 'operator-access')).toEqual([]);
  });
});
