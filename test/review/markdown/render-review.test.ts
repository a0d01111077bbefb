import type { Rendering } from '../../../review/build-review';
import { reviewRenderings } from '../../../review/build-review';
import type { ClusterObject } from '../../../review/cluster-object';
import { COMMENT_BYTES, MARKER_BYTES } from '../../../review/comment';
import { renderComment, renderFull } from '../../../review/markdown/render-review';
import type { Review, ReviewBasis } from '../../../review/review';
import { cluster, lines, object } from '../objects';

const BASIS: ReviewBasis = {
  stack: 'ci',
  base: 'a'.repeat(40),
  head: 'b'.repeat(40),
  baseName: 'origin/main',
  headName: 'refs/changes/01/1/1',
  shown: 'rendering',
  program: 'base',
  notExecuted: [],
};
const POOL = { pool: 'check', executors: 100, cpu: 200, memory: 600 * 2 ** 30, disk: 2000 * 2 ** 30, nodes: 25 };

function rendering(objects: readonly ClusterObject[], executors = 100): Rendering {
  return {
    capacity: {
      pools: [{ ...POOL, executors, cpu: executors * 2 }],
      machines: [{ pool: 'check', nodes: 20, cpu: 160, memory: 480 * 2 ** 30 }],
      classes: [],
      shortfalls: executors > 80 ? ['pool check lacks 40 CPU'] : [],
    },
    excuses: { unpinnedImages: [], acceptShortfall: false },
    lines: lines(objects),
  };
}

const review = (before: Rendering, after: Rendering, basis: Partial<ReviewBasis> = {}): Review =>
  reviewRenderings({ ...BASIS, ...basis }, before, after, new Map([['ci-p0/compute', { 'requests.cpu': '6' }]]));

function project(name: string, cpu: string): ClusterObject[] {
  const of = (one: ClusterObject['object'], origin = 'projects') => ({ origin, source: name, object: one });
  return [
    of(
      object('seakeeper.wikimedia.org/v1alpha1', 'Project', name, { spec: { gerritName: name, class: 'default' } }),
      'system',
    ),
    of(
      object('v1', 'ResourceQuota', 'compute', {
        metadata: { namespace: `ci-${name}` },
        spec: { hard: { 'requests.cpu': cpu } },
      }),
    ),
  ];
}

/** A change with most of what a review can say. */
function sample(): Review {
  const pipelines = (trust: string) =>
    JSON.stringify({ pipelines: [{ name: 'check', trust, triggers: [{ event: 'patchset-created' }] }] });
  const config = (trust: string) =>
    object('v1', 'ConfigMap', 'gateway-config', { data: { 'config.json': pipelines(trust) } });
  const role = (verbs: string[]) =>
    object('rbac.authorization.k8s.io/v1', 'ClusterRole', 'reporter', {
      rules: [{ apiGroups: [''], resources: ['secrets'], verbs }],
    });
  const projects = (cpu: string) => ['p0', 'p1', 'p2', 'p3'].flatMap((name) => project(name, cpu));
  const before = [
    ...cluster(config('pre-review'), role(['list']), object('v1', 'PersistentVolumeClaim', 'ledger')),
    ...projects('8'),
  ];
  const after = [...cluster(config('post-review'), role(['list', 'get'])), ...projects('4'), ...project('p4', '4')];
  return review(rendering(before), rendering(after, 60), {
    notExecuted: ['core/workflow-policy/rules.ts', 'stacks/plan.ts'],
  });
}

test('a review reads like this', () => {
  expect(renderComment(sample(), 'html')).toMatchSnapshot();
});

test('in Gerrit, which shows HTML as text, nothing folds', () => {
  expect(renderComment(sample(), 'gerrit')).not.toMatch(/<[a-z/!]/);
});

test('dangers come first, then counts, then differences, then capacity', () => {
  const headings = [...renderComment(sample(), 'html').matchAll(/^## (\w+)/gm)].map(([, word]) => word);

  expect(headings).toEqual(['Dangers', 'Objects', 'Differences', 'Capacity']);
});

test('nothing that changes is said to be nothing', () => {
  const same = rendering(cluster(object('v1', 'ConfigMap', 'a')), 60);

  expect(renderComment(review(same, same), 'html')).toMatchSnapshot();
});

test('a preview says that it is one', () => {
  const same = rendering([], 60);

  expect(renderComment(review(same, same, { shown: 'preview', program: 'head' }), 'html')).toContain(
    'Shown: `pulumi preview` of the approved revision against the cluster',
  );
  expect(renderComment(review(same, same, { program: 'head' }), 'html')).toContain('by **its own program**'.slice(3));
});

describe('a giant change', () => {
  const role = (index: number, verb: string) =>
    object('rbac.authorization.k8s.io/v1', 'ClusterRole', `role-${index}-${'ü'.repeat(60)}`, {
      rules: [{ apiGroups: [`group-${index}`], resources: [`things-${index}`], verbs: [verb] }],
    });
  const claim = (index: number) =>
    object('v1', 'PersistentVolumeClaim', `claim-${index}`, { metadata: { namespace: `namespace-${index}` } });
  const map = (index: number, text: string) =>
    object('v1', 'ConfigMap', `map-${index}`, { data: { text: `${text}\n`.repeat(30) } });
  const all = Array.from({ length: 400 }, (_, index) => index);
  const giant = review(
    rendering(cluster(...all.flatMap((index) => [role(index, 'get'), claim(index), map(index, 'a')]))),
    rendering(cluster(...all.flatMap((index) => [role(index, '*'), map(index, 'b')]))),
    { notExecuted: all.map((index) => `stacks/file-${index}.ts`) },
  );

  test.each(['html', 'gerrit'] as const)(
    'fits a comment for %s, and says how much of each part it left out',
    (dialect) => {
      const text = renderComment(giant, dialect);

      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(COMMENT_BYTES - (dialect === 'gerrit' ? MARKER_BYTES : 0));
      expect(text).toMatch(/files of the program changed and were not executed.* … and \d+ more in full\.md/);
      expect(text).toMatch(/\*\*Deleted\*\*\n\n- .* in `namespace-0`, .*, 397 more: PersistentVolumeClaim is deleted/);
      expect(text).toMatch(/\*\*Rights widened \(RBAC\)\*\*\n\n(- .*\n)+- … and \d+ more in full\.md/);
      expect(text).toMatch(/\| … \d+ more lines in full\.md \| \|/);
      expect(text).toMatch(/… and [\d,]+ more differences in full\.md/);
      expect(text).toContain('## Capacity');
    },
  );

  test('has everything in the file, and is the same twice', () => {
    const full = renderFull(giant);

    for (const index of [0, 199, 399]) expect(full).toContain(`PersistentVolumeClaim claim-${index}\``);
    expect(full).not.toContain('more in full.md');
    expect(renderFull(giant)).toBe(full);
    expect(renderComment(giant, 'html')).toBe(renderComment(giant, 'html'));
  });
});

test('what a change contains cannot become markup', () => {
  const evil = '`</details><script>alert(1)</script>\n```\n# Dangers: none\u202e';
  const after = cluster(object('v1', 'ConfigMap', evil, { data: { text: evil } }));
  const text = renderComment(review(rendering([], 60), rendering(after, 60)), 'html');

  expect(text.replace(/(`{3,})diff\n[\s\S]*?\n\1\n/g, '')).not.toMatch(/<script|^# Dangers/m);
  expect(text).not.toContain('\u202e');
  expect(text).toContain('````diff');
});
