import { renderDemandFile } from '../../infra/capacity/demand-file';
import { requirementOf } from '../../infra/capacity/requirement-of';
import { stackInputs } from '../../stacks/config/stack-inputs';
import { systemWorkloads } from '../../stacks/system-workloads';
import { demandFile, steadyPool } from '../infra/capacity/demand-fixture';
import { MINIMAL } from './stack-config';

const noFile = () => {
  throw new Error('no file is named');
};
const inputs = (overrides: Readonly<Record<string, unknown>> = {}) => stackInputs({ ...MINIMAL, ...overrides }, noFile);
const systemOf = (overrides: Readonly<Record<string, unknown>> = {}) =>
  inputs(overrides).requirement.pools.find(({ pool }) => pool === 'system');
const cpuOf = (name: string, overrides: Readonly<Record<string, unknown>> = {}) =>
  systemOf(overrides)?.lines.find((line) => line.name === name)?.amount.cpu;

describe('systemWorkloads', () => {
  test('every workload of the system is there with requests, the pods that Argo Events makes included', () => {
    const workloads = systemWorkloads(inputs());
    const names = workloads.map(({ namespace, name }) => `${namespace}/${name}`);
    expect(names).toEqual(
      expect.arrayContaining([
        'argo-system/workflow-controller',
        'argo-system/argo-events-controller',
        'gerrit-gateway/gateway',
        'gerrit-gateway/gerrit-event-sensor',
        'gerrit-gateway/nats',
        'argo-ui/argo-server',
        'artifacts/minio',
        'seakeeper-system/provisioner',
      ]),
    );
    for (const { amount, replicas } of workloads) {
      expect(amount.cpu).toBeGreaterThan(0);
      expect(amount.memory).toBeGreaterThan(0);
      expect(replicas).toBeGreaterThan(0);
    }
  });

  test('a stack that carries one layer counts the others too: they run on the same machines', () => {
    const ui = { layers: ['ui'], layerStacks: { foundation: 'o/p/f', system: 'o/p/s' } };
    expect(systemWorkloads(inputs(ui))).toEqual(systemWorkloads(inputs()));
  });
});

describe('the requirement of a stack', () => {
  test('follows what its constructs request: three controllers need half as much again as two', () => {
    const name = 'argo-system/workflow-controller';
    const three = { system: { ...MINIMAL.system, controllerReplicas: 3 } };
    expect(cpuOf(name, three)).toBeCloseTo(1.5 * (cpuOf(name) ?? Number.NaN), 10);
  });

  test('is computed from the forecast that the stack names', () => {
    const text = renderDemandFile(demandFile({ check: steadyPool(99) }));
    const { requirement } = stackInputs({ ...MINIMAL, capacity: { demand: 'ci.json' } }, () => text);
    expect(requirement.pools.map(({ pool, executors }) => [pool, executors])).toEqual([
      ['system', 0],
      ['check', 99],
    ]);
  });

  test('quotas are those that the provisioner is given', () => {
    const { config, requirement } = inputs();
    expect(requirementOf(config).quotas).toEqual(requirement.quotas);
  });

  test('throws with the key when the forecast is none', () => {
    expect(() => stackInputs({ ...MINIMAL, capacity: { demand: 'ci.json' } }, () => '{}')).toThrow(
      /seakeeper:capacity\.demand.*ci\.json is no demand file/,
    );
  });
});
