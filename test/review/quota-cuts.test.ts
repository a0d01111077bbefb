import { indexOf } from '../../review/cluster-index';
import type { ClusterObject } from '../../review/cluster-object';
import { quotaDangers } from '../../review/find-dangers';
import { describeCut, type QuotaCut, quotaCuts } from '../../review/quota-cuts';
import { parseUsage, type Usage } from '../../review/usage';
import { changesOf, object } from './objects';

/** A project's Project, namespace and quota. */
function project(name: string, cpu: string, projectClass = 'default'): ClusterObject[] {
  const of = (one: ClusterObject['object'], origin = 'projects'): ClusterObject => ({
    origin,
    source: name,
    object: one,
  });
  return [
    of(
      object('seakeeper.wikimedia.org/v1alpha1', 'Project', name, { spec: { gerritName: name, class: projectClass } }),
      'system',
    ),
    of(object('v1', 'Namespace', `ci-${name}`)),
    of(
      object('v1', 'ResourceQuota', 'compute', {
        metadata: { namespace: `ci-${name}` },
        spec: { hard: { pods: 10, 'requests.cpu': cpu } },
      }),
    ),
  ];
}

const cutsOf = (before: ClusterObject[], after: ClusterObject[], usage: Usage = new Map()): QuotaCut[] =>
  quotaCuts(changesOf(before, after), indexOf(after), usage);
const uses = (name: string, cpu: string) => [`ci-${name}/compute`, { 'requests.cpu': cpu, pods: '1' }] as const;

test('one cut of a class is one line with all its namespaces', () => {
  const side = (cpu: string) =>
    ['a', 'b', 'c'].flatMap((name) => project(name, cpu)).concat(project('d', '32', 'large'));

  expect(cutsOf(side('8'), side('4')).map((cut) => describeCut(cut))).toEqual([
    'class `default`: requests.cpu 8 → 4 in 3 namespaces; use unknown',
  ]);
});

test('says which namespaces are then below their use', () => {
  const usage: Usage = new Map([uses('a', '4500m'), uses('b', '3')]);
  const side = (cpu: string) => ['a', 'b', 'c'].flatMap((name) => project(name, cpu));
  const cuts = cutsOf(side('8'), side('4'), usage);

  expect(cuts.map((cut) => describeCut(cut))).toEqual([
    'class `default`: requests.cpu 8 → 4 in 3 namespaces; 1 namespace below use: `ci-a` (requests.cpu 4500m of 4); use of 1 unknown',
  ]);
  expect(quotaDangers(cuts)).toHaveLength(1);
});

test('a cut that stays above all use is no danger', () => {
  const cuts = cutsOf(project('a', '8'), project('a', '4'), new Map([uses('a', '4')]));

  expect(cuts.map((cut) => describeCut(cut))).toEqual([
    'class `default`: requests.cpu 8 → 4 in 1 namespace; 0 namespaces below use',
  ]);
  expect(quotaDangers(cuts)).toEqual([]);
});

test('a raised quota, the same in another unit, and the quota of a new project are no cut', () => {
  expect(cutsOf(project('a', '4'), project('a', '8'))).toEqual([]);
  expect(cutsOf(project('a', '8'), project('a', '8000m'))).toEqual([]);
  expect(cutsOf([], project('a', '1'))).toEqual([]);
});

test('a limit where there was none is a cut', () => {
  const [kind, namespace] = project('a', '8');
  if (kind === undefined || namespace === undefined) throw new Error('a project has three objects');

  expect(cutsOf([kind, namespace], project('a', '8')).map((cut) => describeCut(cut))).toEqual([
    'class `default`: pods without limit → 10, requests.cpu without limit → 8 in 1 namespace; use unknown',
  ]);
});

test('a project that goes to a smaller class is cut as one of that class', () => {
  expect(cutsOf(project('a', '32', 'large'), project('a', '8', 'default')).map((cut) => cut.projectClass)).toEqual([
    'default',
  ]);
});

describe('use as kubectl prints it', () => {
  test('is read by namespace and name', () => {
    const list = {
      items: [{ metadata: { name: 'compute', namespace: 'x' }, status: { hard: {}, used: { pods: '3' } } }],
    };

    expect([...parseUsage(JSON.stringify(list), 'usage.json')]).toEqual([['x/compute', { pods: '3' }]]);
  });

  test.each(['', '{}', 'items:'])('%j is refused with the command that makes it', (text) => {
    expect(() => parseUsage(text, 'usage.json')).toThrow(
      'usage.json is no list of ResourceQuotas; write it with: kubectl get resourcequota --all-namespaces --output json',
    );
  });
});
