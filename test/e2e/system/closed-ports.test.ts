import { z } from 'zod';
import { ServiceAccounts } from '../../../core/access';
import type { EventReference } from '../../../core/decision';
import { Label, Namespace } from '../../../core/labels';
import { RUNNER_SERVICE_ACCOUNTS } from '../../../core/project';
import { LEDGER_AUDIENCE, Port } from '../../../core/service-config';
import { expectListening, type ProbePlace, type ProbePod, type Sight, startProbePod } from '../support/probe-pod';
import { counterOf } from '../support/service-metrics';
import { imageOf, makeProject, removeProject, runningSystem, type System, workflowsOf } from '../support/system';
import { until } from '../support/until';

jest.setTimeout(180_000);

const { gateway, trigger, reporter, provisioner, status } = ServiceAccounts;
const GATEWAY = `${gateway.name}.${gateway.namespace}.svc`;
const TRIGGER = `${trigger.name}.${trigger.namespace}.svc`;

/** Sends one unary call to the trigger as Argo's Sensor would, and prints the answer; a Sensor proves nothing either. */
const EXECUTE = `
const [origin, payload] = process.argv.slice(1);
const varint = (n) => (n < 128 ? [n] : [(n & 127) | 128, ...varint(n >> 7)]);
const bytes = Buffer.from(payload);
const message = Buffer.concat([Buffer.from([0x12, ...varint(bytes.length)]), bytes]);
const frame = Buffer.concat([Buffer.alloc(5), message]);
frame.writeUInt32BE(message.length, 1);
const client = require('node:http2').connect(origin);
const call = client.request({
  ':method': 'POST', ':path': '/triggers.Trigger/Execute', 'content-type': 'application/grpc', te: 'trailers',
});
const chunks = [];
call.on('data', (chunk) => chunks.push(chunk)).on('trailers', (trailers) => {
  const answer = Buffer.concat(chunks).subarray(7).toString();
  console.log(JSON.stringify({ status: Number(trailers['grpc-status']), answer }));
  client.close();
});
call.end(frame);
`;
const Executed = z.object({ status: z.int(), answer: z.string() });

/** Makes one HTTP call and prints the status. */
const CALL = `
const [url, method, token, body] = process.argv.slice(1);
const headers = { ...(token && { authorization: 'Bearer ' + token }), ...(body && { 'content-type': 'application/json' }) };
fetch(url, { method, headers, ...(body && { body }) }).then(({ status }) => console.log(status));
`;

let system: System;
let made: { project: string; namespace: string };
/** A pod in each place; those that borrow a caller's labels could be made by administrators only. */
const pods = new Map<Place, ProbePod>();

const labelled = (name: string): ProbePlace => ({
  namespace: Namespace.gerritGateway,
  labels: { [Label.name]: name },
});
const places = () =>
  ({
    'a project': made,
    'the public web': { namespace: Namespace.argoUi },
    // Nothing keeps it from asking: what shuts the port to it is the port's own policy.
    'a namespace without a fence': { namespace: 'default' },
    'no service beside them': { namespace: Namespace.gerritGateway },
    EventSource: labelled('event-source'),
    Sensor: labelled('sensor'),
    trigger: labelled('trigger'),
    reporter: labelled('reporter'),
    provisioner: { namespace: Namespace.seakeeperSystem, labels: { [Label.name]: 'provisioner' } },
    'status pages': { namespace: Namespace.argoUi, labels: { [Label.name]: 'status' } },
  }) satisfies Record<string, ProbePlace>;
type Place = keyof ReturnType<typeof places>;

beforeAll(async () => {
  system = await runningSystem();
  const image = (await imageOf(system.kube, Namespace.gerritGateway, 'trigger')) ?? '';
  made = await makeProject(system, 'ports');
  for (const [place, where] of Object.entries(places())) {
    pods.set(place as Place, await startProbePod(system.kube, image, where));
  }
}, 50 * 60_000);

afterAll(async () => {
  await Promise.all([...pods.values()].map((pod) => pod.remove()));
  await (made && removeProject(system, made.project));
  await system?.gerrit.close();
});

function podIn(place: Place): ProbePod {
  const pod = pods.get(place);
  if (pod === undefined) {
    throw new Error(`no pod in place of ${place}`);
  }
  return pod;
}

/** Address of the pod behind a service: the node resolves no names of the cluster. */
async function addressOf(name: string): Promise<string> {
  // Of the gateway's replicas only the one that leads opens its ports.
  const leading = name === gateway.name ? `,${Label.role}=leader` : '';
  const query = new URLSearchParams({ labelSelector: `${Label.name}=${name},${Label.managedBy}${leading}` });
  const Pods = z.object({ items: z.array(z.object({ status: z.object({ podIP: z.string() }) })).length(1) });
  const list = await system.kube.get(`/api/v1/namespaces/${Namespace.gerritGateway}/pods?${query}`);
  return Pods.parse(list).items[0]?.status.podIP ?? '';
}

describe('the port', () => {
  test.each<[string, string, number, readonly Place[]]>([
    ['of the gateway for events (9100)', 'gateway', Port.eventSource, ['EventSource']],
    [
      'of the gateway for its ledger (9101)',
      'gateway',
      Port.ledger,
      ['trigger', 'reporter', 'provisioner', 'status pages'],
    ],
    ['of the trigger (9200)', 'trigger', Port.customTrigger, ['Sensor']],
    ['of the event bus (4222)', 'nats', 4222, ['EventSource', 'Sensor']],
  ])('%s refuses everyone but its callers', async (_what, name, port, callers) => {
    const target = `${await addressOf(name)}:${port}`;
    await expectListening([target]);
    const expected = Object.fromEntries(
      [...pods.keys()].map((place): [Place, Sight] => [place, callers.includes(place) ? 'open' : 'shut']),
    );

    let seen: object = {};
    await until(`${target} open to its callers only`, async () => {
      const looks = [...pods].map(async ([place, pod]) => [place, (await pod.look([target]))[target]]);
      seen = Object.fromEntries(await Promise.all(looks));
      return JSON.stringify(seen) === JSON.stringify(expected);
    }).catch(() => undefined);

    expect(seen).toEqual(expected);
  });
});

describe('a forged message from the one place that may send any', () => {
  const execute = async (payload: object) =>
    Executed.parse(
      JSON.parse(
        await podIn('Sensor').run(EXECUTE, [`http://${TRIGGER}:${Port.customTrigger}`, JSON.stringify(payload)]),
      ),
    );
  const forged = (): EventReference => ({
    key: ['local', 'patchset-created', made.project, '1', 'f'.repeat(40)].join(':'),
    server: 'local',
    type: 'patchset-created',
    project: made.project,
    branch: 'master',
    pipeline: 'check',
  });

  test('with a key the ledger does not know starts nothing and is counted', async () => {
    const counted = () => counterOf(system.kube, gateway, 'gateway_unknown_keys_total');
    const before = await counted();

    expect(await execute({ reference: forged() })).toEqual({ status: 0, answer: 'unknown' });

    expect(await counted()).toBe(before + 1);
    expect(await workflowsOf(system, made)).toEqual([]);
  });

  test('that is no reference, or names no pipeline of ours, starts nothing and is counted', async () => {
    const counted = (outcome: string) => counterOf(system.kube, trigger, 'trigger_messages_total', { outcome });
    const before = { malformed: await counted('malformed'), unknown: await counted('unknown') };

    expect(await execute({ reference: { ...forged(), event: { type: 'patchset-created' } } })).toEqual({
      status: 0,
      answer: 'malformed',
    });
    expect(await execute({ reference: { ...forged(), pipeline: 'of-my-own' } })).toEqual({
      status: 0,
      answer: 'unknown',
    });

    expect({ malformed: await counted('malformed'), unknown: await counted('unknown') }).toEqual({
      malformed: before.malformed + 1,
      unknown: before.unknown + 1,
    });
    expect(await workflowsOf(system, made)).toEqual([]);
  });
});

describe('the ledger', () => {
  /** A token as the API server gives an account for an audience. */
  async function tokenOf(namespace: string, account: string, audience: string = LEDGER_AUDIENCE): Promise<string> {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
    const answer = await system.kube.create(path, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { audiences: [audience], expirationSeconds: 600 },
    });
    return z.object({ status: z.object({ token: z.string() }) }).parse(answer).status.token;
  }
  const call = async (token: string, method = 'GET', path = '/v1/decisions', body = '') =>
    Number(await podIn('trigger').run(CALL, [`http://${GATEWAY}:${Port.ledger}${path}`, method, token, body]));
  const refusals = (why: string) => counterOf(system.kube, gateway, 'gateway_refused_calls_total', { why });

  test("answers the reporter's token", async () => {
    expect(await call(await tokenOf(reporter.namespace, reporter.name))).toBe(200);
  });

  test.each<[string, string, () => Promise<string>]>([
    ['a call without a token', 'no-token', async () => ''],
    ['a made-up token', 'wrong-token', async () => 'made.up.token'],
    ["another service's token", 'wrong-token', () => tokenOf(Namespace.gerritGateway, 'sensor')],
    ["a project's token", 'wrong-token', () => tokenOf(made.namespace, RUNNER_SERVICE_ACCOUNTS['post-review'])],
    [
      "the trigger's token for the API server",
      'wrong-token',
      () => tokenOf(trigger.namespace, trigger.name, 'https://kubernetes.default.svc'),
    ],
  ])('refuses %s, and counts it', async (_what, why, token) => {
    const before = await refusals(why);

    expect(await call(await token())).toBe(401);

    expect(await refusals(why)).toBe(before + 1);
  });

  test.each([reporter, provisioner, status])(
    'refuses a decision by $name, which may only read, and counts it',
    async (caller) => {
      const before = await refusals('wrong-caller');
      const token = await tokenOf(caller.namespace, caller.name);
      const decision = JSON.stringify({ kind: 'filtered', reason: 'no-definition' });

      expect(await call(token, 'PUT', '/v1/decisions/any/check', decision)).toBe(403);

      expect(await refusals('wrong-caller')).toBe(before + 1);
    },
  );
});
