import { renderProjectNamespace } from '../../../../constructs/render-project-namespace';
import type { KubeObject } from '../../../../core/kube-object';
import { ProjectSpec } from '../../../../core/project';
import { differences, matches, removalPatch } from '../../../../services/provisioner/namespaces/compare-object';
import { classes, config } from '../fixtures';

const objects = renderProjectNamespace({
  project: ProjectSpec.parse({ gerritName: 'demo', owners: ['ada'] }),
  projectClass: classes.default,
  network: config.network,
  store: config.store,
});

function rendered(kind: string, name?: string): KubeObject {
  const found = objects.find((object) => object.kind === kind && (name === undefined || object.metadata.name === name));
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
}

/** The object as the API server would send it, with what it adds; `change` is somebody's edit. */
function observed(object: KubeObject, change: (copy: Record<string, never>) => void = () => undefined): unknown {
  const copy = JSON.parse(JSON.stringify(object));
  copy.metadata = { ...copy.metadata, uid: 'u', resourceVersion: '7', managedFields: [{ manager: 'x' }] };
  copy.metadata.labels = { ...copy.metadata.labels, 'kubernetes.io/metadata.name': 'ci-demo', theirs: 'yes' };
  copy.status = { anything: true };
  change(copy);
  return copy;
}

const edit = (text: string) => new Function('o', text) as (copy: Record<string, never>) => void;

describe('an object of the cluster', () => {
  test.each(objects.map((object) => [`${object.kind}/${object.metadata.name}`, object] as const))(
    '%s is as it was rendered when nobody but the API server touched it',
    (_name, object) => {
      expect(matches(object, observed(object))).toBe(true);
      expect(differences(object, observed(object))).toEqual([]);
    },
  );

  test('may spell quantities and leave out empty lists in its own way', () => {
    const quota = rendered('ResourceQuota');

    expect(
      matches(quota, observed(quota, edit("o.spec.hard['requests.cpu'] = '4000m'; o.spec.hard.pods = '10'"))),
    ).toBe(true);
    const nobody = rendered('RoleBinding', 'contributors');
    expect(matches(nobody, observed(nobody, edit('delete o.subjects')))).toBe(true);
  });

  test.each([
    ['ResourceQuota', 'compute', "o.spec.hard.pods = '1000'", '.spec.hard.pods'],
    ['ResourceQuota', 'compute', "o.spec.scopes = ['BestEffort']", '.spec.scopes'],
    ['LimitRange', 'containers', "o.spec.limits[0].max.cpu = '64'", '.spec.limits'],
    ['RoleBinding', 'owners', "o.subjects.push({ kind: 'User', name: 'mallory' })", '.subjects'],
    ['RoleBinding', 'contributors', "o.subjects = [{ kind: 'Group', name: 'system:authenticated' }]", '.subjects'],
    ['RoleBinding', 'owners', "o.roleRef.name = 'cluster-admin'", '.roleRef.name'],
    ['NetworkPolicy', 'deny-all', 'o.spec.egress = [{}]', '.spec.egress'],
    ['NetworkPolicy', 'deny-all', "o.spec.podSelector = { matchLabels: { a: 'b' } }", '.spec.podSelector.matchLabels'],
    ['NetworkPolicy', 'egress-dns', 'o.spec.egress[0].ports[0].port = 22', '.spec.egress'],
    ['ConfigMap', 'artifact-repositories', "o.data.more = '{}'", '.data.more'],
    [
      'Namespace',
      undefined,
      "delete o.metadata.labels['app.kubernetes.io/managed-by']",
      '.metadata.labels.app.kubernetes.io/managed-by',
    ],
    [
      'Namespace',
      undefined,
      "o.metadata.labels['pod-security.kubernetes.io/enforce'] = 'privileged'",
      '.metadata.labels.pod-security.kubernetes.io/enforce',
    ],
    [
      'Namespace',
      undefined,
      "o.metadata.labels['pod-security.kubernetes.io/enforce-version'] = 'v1.0'",
      '.metadata.labels.pod-security.kubernetes.io/enforce-version',
    ],
    [
      'Namespace',
      undefined,
      "o.metadata.labels['seakeeper.wikimedia.org/retiring'] = 'true'",
      '.metadata.labels.seakeeper.wikimedia.org/retiring',
    ],
    [
      'ServiceAccount',
      'runner-pre-review',
      "o.metadata.labels['app.kubernetes.io/part-of'] = 'mine'",
      '.metadata.labels.app.kubernetes.io/part-of',
    ],
  ])('%s %s is found changed by: %s', (kind, name, change, path) => {
    const object = rendered(kind, name);
    const found = differences(object, observed(object, edit(change)));

    expect(found.map((difference) => `.${difference.path.join('.')}`)).toEqual([path]);
    expect(matches(object, observed(object, edit(change)))).toBe(false);
  });
});

describe('what is too much', () => {
  test('is taken away by a patch that names it and nothing else', () => {
    const policy = rendered('NetworkPolicy', 'deny-all');
    const found = differences(policy, observed(policy, edit('o.spec.egress = [{}]; o.spec.ingress = [{}]')));

    expect(removalPatch(found)).toEqual({ spec: { egress: null, ingress: null } });
  });

  test('needs no patch when something is only changed, for that applying mends', () => {
    const quota = rendered('ResourceQuota');

    expect(removalPatch(differences(quota, observed(quota, edit('o.spec.hard.pods = 7'))))).toBeUndefined();
  });
});
