import * as pulumi from '@pulumi/pulumi';
import { loadConfig } from '../../stacks/config/load';
import { defineStack, type StackOutputs } from '../../stacks/program';
import { record } from '../components/record-resources';
import { engineConfig } from './stack-config';

const machine = (name: string, pool: string, cpu = 16) => ({ name, pool, cpu, memory: '64Gi', disk: '480Gi' });
const ENOUGH = [machine('ci1001', 'system'), machine('ci1002', 'system'), machine('ci1003', 'check')];
const TOO_LITTLE = [machine('ci1001', 'system', 2), machine('ci1003', 'check')];

let warnings: string[];
const dryRun = jest.spyOn(pulumi.runtime, 'isDryRun');

beforeEach(() => {
  warnings = [];
  dryRun.mockReturnValue(false);
  jest.spyOn(pulumi.log, 'warn').mockImplementation(async (message) => void warnings.push(message));
});

async function run(overrides: Parameters<typeof engineConfig>[0]) {
  let outputs: StackOutputs | undefined;
  const recording = await record(async () => {
    outputs = await defineStack(loadConfig());
  }, engineConfig(overrides));
  return { ...recording, outputs };
}

test('machines that are enough are applied as patches of their nodes, before what is placed by them', async () => {
  const { resources, outputs, foundationsOf } = await run({ machines: ENOUGH });

  const patched = resources.filter(({ type }) => type === 'kubernetes:core/v1:NodePatch').map(({ name }) => name);
  expect(patched.sort()).toEqual(['Node/ci1001', 'Node/ci1002', 'Node/ci1003']);
  expect(foundationsOf('argo-system/Deployment/workflow-controller')).toContain('Node/ci1001');
  expect(warnings).toEqual([]);
  expect(outputs?.capacity).toMatchObject([{ pool: 'system', nodes: 2, missing: {} }]);
});

test('an update is refused before anything is declared when the system itself would not fit', async () => {
  await expect(run({ machines: TOO_LITTLE })).rejects.toThrow(
    /the running system itself does not fit the machines: missing in pool system: .* cores/,
  );
});

test('a preview shows the shortfall by pool and goes on', async () => {
  dryRun.mockReturnValue(true);

  const { outputs } = await run({ machines: TOO_LITTLE });

  expect(warnings).toEqual([
    expect.stringMatching(/^capacity of pool system: 1 node with .*missing: .* cores/),
    expect.stringMatching(/^the running system itself does not fit/),
  ]);
  expect(outputs?.capacity).toMatchObject([{ pool: 'system', missing: { cpu: expect.any(String) } }]);
});

test('an update goes on when the stack accepts the shortfall, and says so', async () => {
  const { resources } = await run({ machines: TOO_LITTLE, capacity: { acceptShortfall: true } });

  expect(warnings).toHaveLength(2);
  expect(resources.length).toBeGreaterThan(100);
});

test('nothing is compared where no machine is known', async () => {
  const { outputs } = await run({});

  expect(warnings).toEqual([]);
  expect(outputs?.capacity).toEqual([]);
});

test('nodes are of the foundation', async () => {
  const { resources } = await run({ machines: ENOUGH, layers: ['foundation'] });

  expect(resources.some(({ type }) => type.endsWith(':NodePatch'))).toBe(true);
});
