import { z } from 'zod';
import { ClusterAccessChart } from '../../constructs/cluster-access-chart';
import { ProvisionerFenceChart } from '../../constructs/provisioner-fence-chart';
import { ProjectRole } from '../../core/access';
import { synth } from './synth';

const Rules = z.array(
  z.object({
    apiGroups: z.array(z.string()),
    resources: z.array(z.string()),
    verbs: z.array(z.string()),
    resourceNames: z.array(z.string()).optional(),
  }),
);

const { objects, all, find } = synth((app) => new ClusterAccessChart(app, 'access'));
const rulesOf = (name: string) => Rules.parse(find('ClusterRole', name)['rules']);
const verbsOn = (name: string, resource: string) =>
  rulesOf(name)
    .filter(({ resources }) => resources.includes(resource))
    .flatMap(({ verbs }) => verbs);

describe('ClusterAccessChart', () => {
  test('no right says everything: no wildcard in any role', () => {
    const roles = objects.filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role');

    expect(JSON.stringify(roles)).not.toContain('"*"');
  });

  test('the provisioner waits in a queue of its own at the API server, and its lease among the leaders', () => {
    const flows = all('FlowSchema').map(({ spec }) =>
      z
        .object({ matchingPrecedence: z.number(), priorityLevelConfiguration: z.object({ name: z.string() }) })
        .parse(spec),
    );

    expect(flows.map(({ priorityLevelConfiguration: { name } }) => name)).toEqual([
      'leader-election',
      'seakeeper-provisioner',
    ]);
    // Before the built-in flow of all ServiceAccounts, or that one would take them.
    expect(Math.max(...flows.map(({ matchingPrecedence }) => matchingPrecedence))).toBeLessThan(9000);
  });

  test('nobody may escalate or impersonate', () => {
    expect(JSON.stringify(objects)).not.toMatch(/"(escalate|impersonate)"/);
  });

  test('no project role is bound in the cluster', () => {
    const bound = all('ClusterRoleBinding').map(
      (binding) => z.object({ roleRef: z.object({ name: z.string() }) }).parse(binding).roleRef.name,
    );

    expect(bound.filter((name) => Object.values<string>(ProjectRole).includes(name))).toEqual([]);
  });

  test('runners report task results and do nothing else', () => {
    expect(rulesOf(ProjectRole.runner)).toEqual([
      { apiGroups: ['argoproj.io'], resources: ['workflowtaskresults'], verbs: ['create', 'patch'] },
    ]);
  });

  test('owners submit and stop; they have no Secrets, no exec, and of deleting what a retry asks for', () => {
    expect(verbsOn(ProjectRole.owner, 'workflows')).toEqual(['get', 'list', 'watch', 'create', 'patch', 'update']);
    expect(verbsOn(ProjectRole.owner, 'secrets')).toEqual([]);
    expect(verbsOn(ProjectRole.owner, 'pods/exec')).toEqual([]);
    expect(verbsOn(ProjectRole.owner, 'pods')).toEqual(['get', 'list', 'watch', 'delete']);
  });

  test.each([ProjectRole.contributor, ProjectRole.publicViewer])('%s only looks', (role) => {
    const verbs = new Set(rulesOf(role).flatMap((rule) => rule.verbs));

    expect([...verbs].sort()).toEqual(['get', 'list', 'watch']);
  });

  test('the workflow-controller writes in project namespaces only', () => {
    const verbs = new Set(rulesOf('seakeeper-workflow-controller').flatMap((rule) => rule.verbs));

    expect([...verbs].sort()).toEqual(['get', 'list', 'watch']);
  });

  test("the provisioner binds our roles by name, and reads a project's store key only", () => {
    const rules = rulesOf('seakeeper-provisioner');

    expect(rules.filter(({ verbs }) => verbs.includes('bind')).map(({ resourceNames }) => resourceNames)).toEqual([
      Object.values(ProjectRole).sort(),
    ]);
    expect(
      rules.filter(({ resources, verbs }) => resources.includes('secrets') && verbs.includes('get')),
    ).toMatchObject([{ resourceNames: ['artifact-store'] }]);
  });

  test('manifest is unchanged', () => {
    expect(objects).toMatchSnapshot();
  });
});

describe('ProvisionerFenceChart', () => {
  const fence = synth((app) => new ProvisionerFenceChart(app, 'fence'));

  test('refuses, whatever goes wrong', () => {
    expect(fence.find('ValidatingAdmissionPolicy')['spec']).toMatchObject({ failurePolicy: 'Fail' });
    expect(fence.find('ValidatingAdmissionPolicyBinding')['spec']).toMatchObject({
      validationActions: ['Deny', 'Audit'],
    });
  });

  test('manifest is unchanged', () => {
    expect(fence.objects).toMatchSnapshot();
  });
});
