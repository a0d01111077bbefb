import { z } from 'zod';
import { type ArgoWorkflow, podName, podNodes, stepName } from '../../../core/argo-workflow';
import { PARAMETER_NAMES } from '../../../core/definition-parameters';
import { type Image, imageReference } from '../../../core/images';
import { Annotation, Label } from '../../../core/labels';
import type { PushedPatchSet } from '../../../local/gerrit/gerrit-admin';
import {
  finishedRuns,
  localImage,
  makeProject,
  removeProject,
  runningSystem,
  type System,
  waitForReports,
  workflowsOf,
} from '../support/system';
import { until } from '../support/until';

jest.setTimeout(300_000);

/** What only free text of the event says; Argo would substitute or evaluate it wherever a manifest held it. */
const FREE_TEXT = ['{{workflow.uid}}', '{{=sprig.repeat(3, "free-text")}}', 'free-text-of-the-author'];
const FILE_TEXT = `content of the change at ${Date.now()}`;
const Pod = z.object({
  metadata: z.object({ namespace: z.string() }),
  spec: z.object({
    serviceAccountName: z.string(),
    priorityClassName: z.string(),
    hostNetwork: z.boolean().default(false),
    containers: z.array(z.object({ name: z.string(), securityContext: z.unknown() })),
    initContainers: z.array(z.object({ name: z.string(), securityContext: z.unknown() })),
  }),
});

let system: System;
let made: { project: string; namespace: string };
let change: PushedPatchSet;
let run: ArgoWorkflow;
/** The Workflow and its pod of step `look`, as the API server has them, and what the step printed. */
let manifest: string;
let pod: z.infer<typeof Pod>;
let output: readonly string[];

const definition = (busybox: Image): string => `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata:
  generateName: check-
spec:
  entrypoint: check
  templates:
    - name: check
      dag:
        tasks:
          - name: checkout
            templateRef: { name: seakeeper-checkout, template: checkout, clusterScope: true }
          - name: look
            depends: checkout
            template: look
            arguments: { artifacts: [{ name: source, from: "{{tasks.checkout.outputs.artifacts.source}}" }] }
    - name: look
      inputs: { artifacts: [{ name: source, path: /work/source }] }
      script:
        image: ${imageReference(busybox)}
        command: [sh, -eu]
        source: |
          cd /work/source
          echo "head=$(cat .git/HEAD)"
          echo "file=$(cat said.txt)"
          echo "uid=$(id -u)"
          grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status | tr -d '\\t'
${PARAMETER_NAMES.map((name) => `          echo '${name}={{workflow.parameters.${name}}}'`).join('\n')}
`;

beforeAll(async () => {
  system = await runningSystem();
  made = await makeProject(system, 'tenant/of-many.things', definition(await localImage(system.kube, 'busybox')));
  change = await system.gerrit.pushChange({
    project: made.project,
    subject: FREE_TEXT.join(' '),
    body: FREE_TEXT.join('\n'),
    topic: 'free-text-of-the-author',
    files: { 'said.txt': FILE_TEXT, 'free-text-of-the-author.txt': FREE_TEXT.join('\n') },
  });
  const [finished] = await finishedRuns(system, change);
  if (finished === undefined) {
    throw new Error(`no run of change ${change.number}`);
  }
  run = finished;
  manifest = await manifestOf(run);
  const node = podNodes(run).find((each) => stepName(each) === 'look');
  const path = `/api/v1/namespaces/${made.namespace}/pods/${node && podName(run.metadata.name, node)}`;
  pod = Pod.parse(await system.kube.get(path));
  output = (await system.kube.text(`${path}/log?container=main`)).split('\n');
}, 3_600_000);

afterAll(async () => {
  await removeProject(system, made.project);
  await system.gerrit.close();
});

const manifestOf = async ({ metadata }: ArgoWorkflow): Promise<string> =>
  JSON.stringify(
    await system.kube.get(`/apis/argoproj.io/v1alpha1/namespaces/${metadata.namespace}/workflows/${metadata.name}`),
  );

describe('a run', () => {
  test("is in its project's namespace, named and labelled for its change", () => {
    expect(run.status.phase).toBe('Succeeded');
    expect(run.metadata.namespace).toBe(made.namespace);
    expect(run.metadata.name).toMatch(new RegExp(`-${change.number}-1-check-[a-z2-7]{12}$`));
    expect(run.metadata.labels).toMatchObject({
      [Label.managedBy]: 'seakeeper',
      [Label.pipeline]: 'check',
      [Label.change]: String(change.number),
      [Label.patchSet]: '1',
    });
    expect(run.metadata.annotations).toMatchObject({
      [Annotation.project]: made.project,
      [Annotation.revision]: change.revision,
      [Annotation.ref]: change.ref,
    });
  });

  test('acts as the runner of code before review, with no priority over the system', () => {
    expect(pod.metadata.namespace).toBe(made.namespace);
    expect(pod.spec).toMatchObject({
      serviceAccountName: 'runner-pre-review',
      priorityClassName: 'seakeeper-pre-review',
      hostNetwork: false,
    });
  });

  test('has containers that hold no rights, in words and in the kernel', () => {
    for (const { name, securityContext } of [...pod.spec.containers, ...pod.spec.initContainers]) {
      expect({ name, securityContext }).toMatchObject({
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          runAsNonRoot: true,
          seccompProfile: { type: 'RuntimeDefault' },
        },
      });
    }
    expect(output).toEqual(expect.arrayContaining(['CapEff:0000000000000000', 'CapBnd:0000000000000000']));
    expect(output).toEqual(expect.arrayContaining(['NoNewPrivs:1', 'Seccomp:2']));
    expect(output.find((line) => line.startsWith('uid='))).toMatch(/^uid=[1-9]\d*$/);
  });

  test('tests exactly the commit of the patch set, and knows which by its parameters', () => {
    expect(output).toEqual(
      expect.arrayContaining([
        `head=${change.revision}`,
        `file=${FILE_TEXT}`,
        `project=${made.project}`,
        'branch=master',
        `ref=${change.ref}`,
        `change=${change.number}`,
        'patch-set=1',
        `revision=${change.revision}`,
        expect.stringMatching(new RegExp(`^fetch-url=http://.*/${made.project}$`)),
      ]),
    );
  });

  test('holds nothing of what people wrote: no subject, no topic, no comment', async () => {
    await waitForReports(system, change);
    await system.gerrit.comment(change, ['recheck', ...FREE_TEXT].join('\n'));
    const again = await until('the second run', async () =>
      (await workflowsOf(system, change)).find(({ metadata }) => metadata.uid !== run.metadata.uid),
    );

    for (const text of [manifest, await manifestOf(again)]) {
      expect(text).toContain(change.revision);
      expect(text).not.toMatch(/free-text|sprig|workflow\.uid/);
    }
  });
});

test('a pod that Pod Security does not allow is refused in a project, even to an administrator', async () => {
  const container = { name: 'main', image: 'any', securityContext: { privileged: true } };
  const forbidden = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'forbidden' },
    spec: { containers: [container] },
  };

  await expect(system.kube.create(`/api/v1/namespaces/${made.namespace}/pods`, forbidden)).rejects.toThrow(
    /violates PodSecurity "restricted/,
  );
});
