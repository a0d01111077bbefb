import fc from 'fast-check';
import type { JsonObject } from '../../../../services/shared/definition/sanitize-json';
import { decideFit } from '../../../../services/trigger/admission/decide-fit';
import { needOf } from '../../../../services/trigger/admission/model-need';
import { type ContainerLimits, NO_LIMITS, podOf } from '../../../../services/trigger/admission/model-pod';

const MI = 2 ** 20;
/** As `ProjectNamespace` writes it. */
const LIMITS: ContainerLimits = {
  defaultRequest: { cpu: 0.1, memory: 64 * MI },
  default: { cpu: 2, memory: 256 * MI },
  max: { cpu: 2, memory: 4096 * MI },
};
const container = (cpu: string, memory = '100Mi'): JsonObject => ({
  image: 'busybox',
  resources: { requests: { cpu, memory }, limits: { memory } },
});
const step = (name: string, cpu: string): JsonObject => ({ name, container: container(cpu) });
const spec = (templates: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
  entrypoint: 'main',
  parallelism: 20,
  templates,
  ...more,
});
const cpuOf = (workflow: JsonObject, parallelism = 20): number =>
  Math.round(needOf(workflow, NO_LIMITS).peakAt(parallelism)['requests.cpu'] * 1_000);
/** What Argo's own containers add to a pod, in thousandths of a core. */
const WAIT = 10;

describe('a pod', () => {
  test('counts its containers side by side with the one Argo adds', () => {
    const { amount } = podOf({ container: container('200m'), sidecars: [container('50m', '10Mi')] }, NO_LIMITS);

    expect(amount).toEqual({
      pods: 1,
      'requests.cpu': 0.26,
      'requests.memory': 142 * MI,
      'limits.memory': 366 * MI,
    });
  });

  test('gets what the LimitRange says where it names nothing', () => {
    expect(podOf({ script: { image: 'busybox' } }, LIMITS)).toEqual({
      amount: { pods: 1, 'requests.cpu': 0.11, 'requests.memory': 96 * MI, 'limits.memory': 512 * MI },
      problems: [],
    });
  });

  test('takes a limit for a request that is not named', () => {
    const { amount } = podOf({ container: { resources: { limits: { cpu: '2', memory: '1Gi' } } } }, LIMITS);

    expect(amount).toMatchObject({ 'requests.cpu': 2.01, 'requests.memory': 1056 * MI });
  });

  test('counts an init container that is larger than all that comes after it, and one that stays with both', () => {
    const template = {
      container: container('100m'),
      initContainers: [{ ...container('50m'), restartPolicy: 'Always' }, container('900m')],
    };

    expect(podOf(template, NO_LIMITS).amount['requests.cpu']).toBeCloseTo(0.95);
    expect(podOf({ ...template, container: container('950m') }, NO_LIMITS).amount['requests.cpu']).toBeCloseTo(1.01);
  });

  test.each<[string, JsonObject, string]>([
    ['requests more than a container may have', { requests: { cpu: '3' }, limits: { cpu: '3' } }, 'request-above-max'],
    [
      'has a higher limit than a container may have',
      { requests: { cpu: '1' }, limits: { cpu: '3' } },
      'limit-above-max',
    ],
    ['requests more than the limit it gets by default', { requests: { memory: '1Gi' } }, 'request-above-limit'],
  ])('says when a container %s', (_what, resources, kind) => {
    expect(podOf({ container: { resources } }, LIMITS).problems).toMatchObject([{ container: 'main', kind }]);
  });
});

describe('a Workflow at its widest', () => {
  test('is its widest group of steps, loops multiplied out', () => {
    const workflow = spec([
      {
        name: 'main',
        steps: [
          [{ name: 'prepare', template: 'large' }],
          [
            { name: 'a', template: 'small', withItems: ['x', 'y', 'z'] },
            { name: 'b', template: 'small' },
          ],
        ],
      },
      step('large', '300m'),
      step('small', '100m'),
    ]);

    expect(cpuOf(workflow)).toBe(4 * (100 + WAIT));
    expect(needOf(workflow, NO_LIMITS).peakAt(20).pods).toBe(4);
  });

  test('is no wider than its parallelism, with the largest of its pods', () => {
    const workflow = spec([
      {
        name: 'main',
        steps: [
          [
            { name: 'many', template: 'small', withSequence: { count: 40 } },
            { name: 'one', template: 'large' },
          ],
        ],
      },
      step('large', '500m'),
      step('small', '100m'),
    ]);

    expect(needOf(workflow, NO_LIMITS).peakAt(3).pods).toBe(3);
    expect(cpuOf(workflow, 3)).toBe(500 + WAIT + 2 * (100 + WAIT));
  });

  test('counts a chain of tasks once, and branches side by side', () => {
    const task = (name: string, ...dependencies: string[]) => ({ name, template: 'one', dependencies });
    const workflow = spec([
      {
        name: 'main',
        dag: { tasks: [task('publish', 'test', 'lint'), task('test', 'build'), task('lint', 'build'), task('build')] },
      },
      step('one', '100m'),
    ]);

    expect(cpuOf(workflow)).toBe(2 * (100 + WAIT));
  });

  test('counts an exit handler by itself, hooks and exit handlers of steps beside what they watch', () => {
    const templates = [
      {
        name: 'main',
        steps: [[{ name: 'a', template: 'one', onExit: 'one', hooks: { running: { template: 'one' } } }]],
      },
      step('one', '100m'),
      step('last', '900m'),
    ];

    expect(cpuOf(spec(templates))).toBe(3 * (100 + WAIT));
    expect(cpuOf(spec(templates, { onExit: 'last' }))).toBe(900 + WAIT);
  });

  test('counts curated templates as RelEng keeps them', () => {
    const reference = { name: 'seakeeper-checkout', template: 'checkout', clusterScope: true };
    const workflow = spec([{ name: 'main', steps: [[{ name: 'source', templateRef: reference }]] }]);

    expect(cpuOf(workflow)).toBe(50 + WAIT);
  });

  test.each([
    ['small', 100],
    ['medium', 500],
    ['large', 2_000],
  ])('counts an image that is run by its size, %s', (template, cpu) => {
    const reference = { name: 'seakeeper-run-image', template, clusterScope: true };
    const workflow = spec([{ name: 'main', steps: [[{ name: 'test', templateRef: reference }]] }]);

    expect(cpuOf(workflow)).toBe(cpu + WAIT);
  });

  test('is never below what any order of its tasks can come to', () => {
    const graphs = fc.array(
      fc.record({ cpu: fc.integer({ min: 1, max: 5 }), needs: fc.array(fc.nat(6), { maxLength: 3 }) }),
      { minLength: 1, maxLength: 7 },
    );
    fc.assert(
      fc.property(graphs, (graph) => {
        const needs = graph.map(({ needs: asked }, index) => asked.filter((need) => need < index));
        const workflow = spec([
          {
            name: 'main',
            dag: {
              tasks: graph.map((_task, index) => ({
                name: `t${index}`,
                template: `p${index}`,
                dependencies: (needs[index] ?? []).map((need) => `t${need}`),
              })),
            },
          },
          ...graph.map(({ cpu }, index) => step(`p${index}`, `${cpu}00m`)),
        ]);

        const widest = widestSet(
          graph.map(({ cpu }) => 100 * cpu + WAIT),
          needs,
        );

        expect(cpuOf(workflow)).toBeGreaterThanOrEqual(widest);
        expect(cpuOf(workflow)).toBeLessThanOrEqual(graph.reduce((sum, { cpu }) => sum + 100 * cpu + WAIT, 0));
      }),
    );
  });
});

/** The most that tasks of which none waits for another come to, by trying every set of them. */
function widestSet(sizes: readonly number[], needs: readonly (readonly number[])[]): number {
  const before = needs.map(() => new Set<number>());
  for (const [index, direct] of needs.entries()) {
    for (const need of direct) {
      before[index]?.add(need);
      for (const earlier of before[need] ?? []) {
        before[index]?.add(earlier);
      }
    }
  }
  let widest = 0;
  for (let set = 0; set < 2 ** sizes.length; set++) {
    const chosen = sizes.flatMap((_size, index) => ((set >> index) & 1 ? [index] : []));
    if (chosen.every((one) => chosen.every((other) => !before[one]?.has(other)))) {
      widest = Math.max(
        widest,
        chosen.reduce((sum, index) => sum + (sizes[index] ?? 0), 0),
      );
    }
  }
  return widest;
}

describe('whether it fits', () => {
  const wide = spec([
    { name: 'main', steps: [[{ name: 'many', template: 'one', withSequence: { count: 15 } }]] },
    step('one', '490m'),
  ]);

  test('it is let have as many pods side by side as the whole quota holds', () => {
    expect(decideFit(needOf(wide, NO_LIMITS), { 'requests.cpu': 2 })).toMatchObject({
      kind: 'fits',
      parallelism: 4,
      need: { pods: 4, 'requests.cpu': 2 },
    });
  });

  test('a single pod that is too large never fits', () => {
    expect(decideFit(needOf(wide, NO_LIMITS), { 'requests.cpu': 0.4 })).toEqual({
      kind: 'pod',
      resource: 'requests.cpu',
      wanted: 0.5,
      hard: 0.4,
    });
  });

  test('what the quota does not name is not limited', () => {
    expect(decideFit(needOf(wide, NO_LIMITS), {})).toMatchObject({ kind: 'fits', parallelism: 20 });
  });
});

test('all pods of a run count in its total, once each, whatever runs side by side', () => {
  const templates = [
    { name: 'main', steps: [[{ name: 'a', template: 'one' }], [{ name: 'b', template: 'two', withItems: [1, 2, 3] }]] },
    {
      name: 'two',
      dag: {
        tasks: [
          { name: 'c', template: 'one' },
          { name: 'd', template: 'one', depends: 'c' },
        ],
      },
    },
    step('one', '100m'),
  ];
  const { total, peakAt } = needOf(spec(templates, { onExit: 'one' }), NO_LIMITS);

  expect(total().pods).toBe(8);
  expect(Math.round(total()['requests.cpu'] * 1_000)).toBe(8 * (100 + WAIT));
  expect(peakAt(20).pods).toBe(3);
});
