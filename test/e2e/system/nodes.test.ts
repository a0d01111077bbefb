import { z } from 'zod';
import { POOL_LABEL, POOL_TAINT } from '../../../core/pool';
import { PROJECT_API } from '../../../core/project';
import { projectObjectName } from '../../../core/project-name';
import type { PushedPatchSet } from '../../../local/gerrit/gerrit-admin';
import { oneStep } from '../support/definitions';
import { kubectl } from '../support/kubectl';
import { SimulatedNodes } from '../support/simulated-nodes';
import { pulumi, stackCopy } from '../support/stack-copy';
import { localImage, makeProject, removeProject, runningSystem, type System, workflowsOf } from '../support/system';
import { until } from '../support/until';

jest.setTimeout(600_000);

const Nodes = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });
const Node = z.object({
  metadata: z.object({ labels: z.record(z.string(), z.string()) }),
  spec: z.object({
    unschedulable: z.boolean().default(false),
    taints: z.array(z.object({ key: z.string(), value: z.string().default('') })).default([]),
  }),
});
const Pod = z.object({ spec: z.object({ nodeName: z.string().optional() }), status: z.object({ phase: z.string() }) });
const Pods = z.object({ items: z.array(Pod) });

/** The steps of docs/how-to/{add,drain,remove}-a-node.md, with two machines that kwok plays. */
const [FIRST, SECOND] = ['rehearsed-1', 'rehearsed-2'];
const CLASS = 'rehearsed';

let system: System;
let simulated: SimulatedNodes;
let real: string;
let project: string;
let change: PushedPatchSet;

beforeAll(async () => {
  system = await runningSystem();
  real = Nodes.parse(await system.kube.get('/api/v1/nodes')).items[0]?.metadata.name ?? '';
  simulated = await SimulatedNodes.start(system.kube);
}, 3_600_000);

afterAll(async () => {
  if (project !== undefined) await removeProject(system, project);
  await pulumi(['up', '--yes', '--skip-preview']);
  await simulated?.remove();
}, 300_000);

/** Runs the CLI on the stack with these machines beside its real one, which is said to be of pool `check`. */
async function withMachines(names: readonly string[], args: readonly string[], acceptShortfall = true) {
  const machines = [
    // Said to be smaller than any that runs the system, for the refusal.
    `{ name: ${real}, cpu: 1.5, memory: 16Gi, disk: 100Gi, pool: check }`,
    ...names.map((name) => `{ name: ${name}, cpu: 8, memory: 24Gi, disk: 200Gi, pool: heavy }`),
  ];
  const copy = stackCopy((text) =>
    text
      .replace('config:\n', `config:\n  seakeeper:machines:\n${machines.map((each) => `    - ${each}\n`).join('')}`)
      .replace('seakeeper:capacity:\n', `seakeeper:capacity:\n    acceptShortfall: ${acceptShortfall}\n`)
      .replace('seakeeper:classes:\n', `seakeeper:classes:\n    ${CLASS}: { executors: 4, pool: heavy }\n`),
  );
  try {
    return await pulumi(args, { projectFolder: copy.folder });
  } finally {
    copy.remove();
  }
}

async function node(name: string) {
  const { metadata, spec } = Node.parse(await system.kube.get(`/api/v1/nodes/${name}`));
  return {
    pool: metadata.labels[POOL_LABEL],
    taints: spec.taints.map(({ key, value }) => `${key}=${value}`),
    unschedulable: spec.unschedulable,
  };
}

/** Node of the pod of a run that runs, if one does. */
async function placed(): Promise<string | undefined> {
  const { items } = Pods.parse(
    JSON.parse(
      await kubectl(['get', 'pods', '--all-namespaces', '-l', 'workflows.argoproj.io/workflow', '-o', 'json']),
    ),
  );
  return items.find(({ spec, status }) => status.phase === 'Running' && [FIRST, SECOND].includes(spec.nodeName ?? ''))
    ?.spec.nodeName;
}

describe('adding nodes', () => {
  test('an update is refused while the running system would not fit, and changes nothing', async () => {
    const { code, output } = await withMachines([], ['up', '--yes'], false);

    expect(code).not.toBe(0);
    expect(output).toMatch(/capacity of pool system: .*missing: /);
    expect(output).toContain('the running system itself does not fit the machines');
    expect((await node(real)).pool).toBeUndefined();
  });

  test('they join closed, are shown by a preview, and are opened by an update', async () => {
    await simulated.join(FIRST);
    await simulated.join(SECOND);
    await kubectl(['wait', '--for=condition=Ready', 'node', FIRST, SECOND, '--timeout=60s']);
    expect((await node(FIRST)).taints).toContain(`${POOL_TAINT}=unassigned`);

    const { output } = await withMachines([FIRST, SECOND], ['preview', '--diff']);
    expect(output).toMatch(new RegExp(`NodePatch[^\\n]*create[\\s\\S]*${FIRST}`));
    const { code } = await withMachines([FIRST, SECOND], ['up', '--yes', '--skip-preview']);

    expect(code).toBe(0);
    for (const name of [FIRST, SECOND]) {
      expect(await node(name)).toMatchObject({ pool: 'heavy', taints: [`${POOL_TAINT}=heavy`] });
    }
    expect(await node(real)).toMatchObject({ pool: 'check', taints: [] });
  });

  test('a stack that leaves machines to the cluster compares what its nodes say is allocatable', async () => {
    const copy = stackCopy((text) =>
      text.replace('seakeeper:capacity:\n', 'seakeeper:capacity:\n    machinesFrom: cluster\n'),
    );
    try {
      const { code, output } = await pulumi(['preview'], { projectFolder: copy.folder });

      expect(code).toBe(0);
      expect(output).toMatch(/capacity of pool system: 1 node with .* cores, .* memory, .* disk allocatable/);
    } finally {
      copy.remove();
    }
  });

  test('runs of a class with a pool go there, and no other pod does', async () => {
    const definition = oneStep(await localImage(system.kube, 'busybox'), 'sleep 600');
    ({ project } = await makeProject(system, 'heavy', definition));
    const path = `/apis/${PROJECT_API.group}/${PROJECT_API.version}/${PROJECT_API.plural}/${projectObjectName(project)}`;
    await system.kube.patch(path, 'merge', { spec: { class: CLASS } });

    change = await system.gerrit.pushChange({ project, subject: 'Heavy', files: { 'a.txt': 'a\n' } });

    expect([FIRST, SECOND]).toContain(await until('its pod runs', placed));
    for (const name of [FIRST, SECOND]) {
      const there = Pods.parse(
        JSON.parse(
          await kubectl([
            'get',
            'pods',
            '-A',
            '--field-selector',
            `spec.nodeName=${name}`,
            '-l',
            '!workflows.argoproj.io/workflow',
            '-o',
            'json',
          ]),
        ),
      );
      expect(there.items).toEqual([]);
    }
  });
});

describe('draining a node', () => {
  test('moves what runs there to another one of its pool', async () => {
    const from = (await placed()) ?? '';
    const to = from === FIRST ? SECOND : FIRST;

    await kubectl(['cordon', from]);
    await kubectl(['drain', from, '--ignore-daemonsets', '--delete-emptydir-data', '--timeout=10m']);

    await until('it runs on the other node', async () => (await placed()) === to);
    expect((await workflowsOf(system, change)).map(({ status }) => status.phase)).toEqual(['Running']);
    await kubectl(['uncordon', from]);
    await until('it is open again', async () => !(await node(from)).unschedulable);
  });
});

describe('removing a node', () => {
  test('the stack lets go of it, and only then it leaves the cluster', async () => {
    await kubectl(['drain', FIRST, '--ignore-daemonsets', '--delete-emptydir-data', '--timeout=10m']);

    const { code } = await withMachines([SECOND], ['up', '--yes', '--skip-preview']);

    expect(code).toBe(0);
    expect((await node(FIRST)).pool).toBeUndefined();
    expect((await node(SECOND)).pool).toBe('heavy');
    await kubectl(['delete', 'node', FIRST]);
    await until('it runs on what is left', async () => (await placed()) === SECOND);
  });

  test('a stack that lists no machine any more leaves the nodes, and nothing of its own on them', async () => {
    await removeProject(system, project);
    const { code } = await pulumi(['up', '--yes', '--skip-preview']);

    expect(code).toBe(0);
    expect((await node(SECOND)).pool).toBeUndefined();
    expect(await node(real)).toEqual({ pool: undefined, taints: [], unschedulable: false });
  });
});
