import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { CONTAINER_SECURITY, POD_SECURITY } from '../../../constructs/hardened';
import { DOMAIN } from '../../../core/labels';
import { IN_NAMESPACE } from '../../../local/cluster/netns';
import { runCommand } from '../../../local/cluster/run-command';
import type { KubeClient } from '../../../services/shared/kube-client';
import { kubectl } from './kubectl';
import { until } from './until';

/** `host:port`, or `host:port/udp`; the host an IPv4 address or a name the cluster resolves. */
export type Target = string;
/** `shut` is refused or unanswered within 3 s: to who asks it is the same. */
export type Sight = 'open' | 'shut';
export type Seen = Readonly<Record<Target, Sight>>;

/** Port on which a probe pod listens, so that one can be another's target. */
export const PROBE_PORT = 8099;
const NODE = '/usr/local/bin/node';
/** How long a new pod's policies may take to reach the node's firewall. */
const SETTLED_WITHIN_MS = 45_000;

/** Over UDP the question is one that a name server answers too: the name servers of the root. */
const LOOK = `
const QUESTION = Buffer.from('1234010000010000000000000000020001', 'hex');
const look = (target) => new Promise((done) => {
  const [, host, port, protocol] = /^(.+):(\\d+)(?:\\/(udp))?$/.exec(target);
  if (protocol === 'udp') {
    const socket = require('node:dgram').createSocket('udp4');
    const end = (seen) => { clearTimeout(late); socket.close(); done([target, seen]); };
    const late = setTimeout(() => end('shut'), 3000);
    socket.once('message', () => end('open')).once('error', () => end('shut'));
    socket.connect(Number(port), host, () => socket.send(QUESTION));
    return;
  }
  const socket = require('node:net').connect({ host, port: Number(port), family: 4 });
  const end = (seen) => { socket.destroy(); done([target, seen]); };
  socket.setTimeout(3000, () => end('shut')).once('connect', () => end('open')).once('error', () => end('shut'));
});
Promise.all(process.argv.slice(1).map(look)).then((all) => console.log(JSON.stringify(Object.fromEntries(all))));
`;
const LISTEN =
  "for (const port of process.argv.slice(1)) require('node:net').createServer((socket) => socket.end()).listen(Number(port))";
const SeenAnswer = z.record(z.string(), z.enum(['open', 'shut']));
const Pod = z.object({ status: z.object({ podIP: z.string().optional(), phase: z.string() }) });

/** Where a probe runs: what a policy knows a pod by, and the account it acts as. */
export interface ProbePlace {
  readonly namespace: string;
  /** @default - none, so that no policy names it */
  readonly labels?: Readonly<Record<string, string>>;
  /** Account whose token is mounted as Workflow pods have it. @default - no token */
  readonly serviceAccount?: string;
  /** Ports it listens on. @default - `PROBE_PORT` */
  readonly ports?: readonly number[];
}

/** A pod of a test's own that looks around from where it is. */
export interface ProbePod {
  readonly address: string;
  /** Which of the targets it reaches now. */
  look(targets: readonly Target[]): Promise<Seen>;
  /** Runs a Node program in it and resolves to what that printed. */
  run(program: string, args?: readonly string[]): Promise<string>;
  remove(): Promise<void>;
}

/** Starts a probe pod; `image` must hold our services' Node. Policies reach it some seconds later. */
export async function startProbePod(kube: KubeClient, image: string, place: ProbePlace): Promise<ProbePod> {
  const { namespace } = place;
  const name = `probe-${Math.random().toString(36).slice(2, 8)}`;
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  await kube.create(pods, probePod(name, image, place));
  const remove = async () => {
    await kube.delete(`${pods}/${name}?gracePeriodSeconds=1`);
  };
  try {
    const address = await until(`probe pod ${namespace}/${name}`, async () => {
      const { podIP, phase } = Pod.parse(await kube.get(`${pods}/${name}`)).status;
      return phase === 'Running' && podIP;
    });
    const run = (program: string, args: readonly string[] = []) =>
      kubectl(['exec', `--namespace=${namespace}`, name, '--', NODE, '-e', program, '--', ...args]);
    const look = async (targets: readonly Target[]) => SeenAnswer.parse(JSON.parse(await run(LOOK, targets)));
    return { address, run, look, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** What the node itself reaches: the proof that a target listens, before it counts that a pod does not reach it. */
export async function lookFromNode(targets: readonly Target[]): Promise<Seen> {
  const [program = '', ...args] = IN_NAMESPACE;
  const answer = await runCommand(program, [...args, process.execPath, '-e', LOOK, '--', ...targets]);
  return SeenAnswer.parse(JSON.parse(answer));
}

/** The same sight of every target. */
export const all = (targets: readonly Target[], sight: Sight): Seen =>
  Object.fromEntries(targets.map((target) => [target, sight]));

/** Waits until the node, which no policy holds back, finds every target listening. */
export async function expectListening(targets: readonly Target[]): Promise<void> {
  await expectSeen(lookFromNode, all(targets, 'open'));
}

/**
 * Expects `look` to come to see exactly this. A pod is up before its policies are; so it looks again until all is as
 * expected or the node has had its time. Shut counts only beside something open, or a pod without network would pass.
 */
export async function expectSeen(look: ProbePod['look'], expected: Seen): Promise<void> {
  const giveUpAt = Date.now() + SETTLED_WITHIN_MS;
  let seen = await look(Object.keys(expected));
  while (!isDeepStrictEqual(seen, expected) && Date.now() < giveUpAt) {
    seen = await look(Object.keys(expected));
  }
  expect(seen).toEqual(expected);
}

function probePod(
  name: string,
  image: string,
  { labels = {}, serviceAccount, ports = [PROBE_PORT] }: ProbePlace,
): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: serviceAccount !== undefined,
      ...(serviceAccount === undefined ? {} : { serviceAccountName: serviceAccount }),
      // Never ready: a pod that borrows a service's labels must not get its traffic.
      readinessGates: [{ conditionType: `${DOMAIN}/takes-traffic` }],
      securityContext: POD_SECURITY,
      containers: [
        {
          name: 'probe',
          image,
          imagePullPolicy: 'IfNotPresent',
          command: [NODE, '-e', LISTEN, '--', ...ports.map(String)],
          securityContext: CONTAINER_SECURITY,
          resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '192Mi' } },
        },
      ],
    },
  };
}
