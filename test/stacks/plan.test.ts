import { z } from 'zod';
import { POOL_LABEL } from '../../core/pool';
import { stackInputs } from '../../stacks/config/stack-inputs';
import { renderCluster } from '../../stacks/render/render-cluster';
import { MINIMAL } from './stack-config';

const machine = (name: string, pool: string) => ({ name, cpu: 8, memory: '24Gi', disk: '200Gi', pool });
const MACHINES = [machine('ci1001', 'system'), machine('ci1002', 'gate'), machine('ci1003', 'check')];

const render = (overrides: Readonly<Record<string, unknown>>) => [
  ...renderCluster(
    stackInputs({ ...MINIMAL, ...overrides }, () => {
      throw new Error('no file is named');
    }),
  ),
];

/** Where a pod template of any of the kinds has it. */
const Placed = z.looseObject({
  nodeSelector: z.record(z.string(), z.string()).optional(),
  tolerations: z.array(z.looseObject({ key: z.string() })).optional(),
});
const HasPods = z.union([
  z.object({ spec: z.object({ template: z.object({ spec: Placed }) }) }).transform(({ spec }) => spec.template.spec),
  z.object({ spec: z.object({ template: Placed }) }).transform(({ spec }) => spec.template),
]);

const podTemplates = (overrides: Readonly<Record<string, unknown>>) =>
  render(overrides)
    .filter(({ object }) => ['Deployment', 'StatefulSet', 'Job', 'EventSource', 'Sensor'].includes(object.kind))
    .map(({ object }) => ({ name: `${object.kind}/${object.metadata.name}`, ...HasPods.parse(object) }));

const triggerConfig = (overrides: Readonly<Record<string, unknown>>) => {
  const found = render(overrides).find(({ object }) => object.metadata.name === 'trigger-config');
  const { data } = z.object({ data: z.object({ 'config.json': z.string() }) }).parse(found?.object);
  return z.looseObject({ pools: z.unknown(), classPools: z.unknown() }).parse(JSON.parse(data['config.json']));
};

describe('with machines', () => {
  test('every pod of the system goes to the system pool', () => {
    const templates = podTemplates({ machines: MACHINES });

    expect(templates.length).toBeGreaterThanOrEqual(13);
    for (const { name, nodeSelector, tolerations } of templates) {
      expect({ name, nodeSelector, keys: tolerations?.map(({ key }) => key) }).toEqual({
        name,
        nodeSelector: { [POOL_LABEL]: 'system' },
        keys: ['CriticalAddonsOnly'],
      });
    }
  });

  test('a review sees the nodes too', () => {
    const nodes = render({ machines: MACHINES }).filter(({ object }) => object.kind === 'Node');

    expect(nodes.map(({ origin, object }) => [origin, object.metadata.name])).toEqual([
      ['foundation', 'ci1001'],
      ['foundation', 'ci1002'],
      ['foundation', 'ci1003'],
    ]);
  });

  test('the trigger knows the pools there are, and those of classes', () => {
    const classes = { default: { executors: 4 }, embargoed: { executors: 4, pool: 'security' } };

    expect(triggerConfig({ machines: MACHINES, classes })).toMatchObject({
      pools: ['system', 'gate', 'check'],
      classPools: { embargoed: 'security' },
    });
  });
});

test('without machines nothing is placed', () => {
  const templates = podTemplates({});

  expect(templates.filter(({ nodeSelector, tolerations }) => nodeSelector ?? tolerations)).toEqual([]);
  expect(triggerConfig({})).toMatchObject({ pools: [], classPools: {} });
});

test.each([
  ['a pipeline of unreviewed code', { pipelines: [{ ...MINIMAL.pipelines[0], trust: 'pre-review', pool: 'gate' }] }],
  ['a class', { classes: { default: { executors: 1, pool: 'gate' } } }],
])('%s does not get the gate pool', (_, overrides) => {
  expect(() => render(overrides)).toThrow(/pool/);
});
