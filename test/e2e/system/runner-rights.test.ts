import { z } from 'zod';
import { Namespace } from '../../../core/labels';
import { ProjectNames, RUNNER_SERVICE_ACCOUNTS } from '../../../core/project';
import { type ProbePod, startProbePod } from '../support/probe-pod';
import { imageOf, makeProject, removeProject, runningSystem, type System } from '../support/system';
import { until } from '../support/until';

jest.setTimeout(180_000);

const ARGO = '/apis/argoproj.io/v1alpha1';
const REVIEWS = 'selfsubject';

/** Asks the API server each question with the pod's own token, and prints the statuses and bodies. */
const ASK = `
const token = require('node:fs').readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/token', 'utf8');
const ca = require('node:fs').readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/ca.crt');
const ask = ([method, path, body]) => new Promise((done, fail) => {
  const headers = { authorization: 'Bearer ' + token, 'content-type': 'application/json' };
  const call = require('node:https').request('https://kubernetes.default.svc' + path, { method, headers, ca }, (answer) => {
    const chunks = [];
    answer.on('data', (chunk) => chunks.push(chunk));
    answer.on('end', () => done({ status: answer.statusCode, body: JSON.parse(Buffer.concat(chunks)) }));
  });
  call.on('error', fail).end(body && JSON.stringify(body));
});
Promise.all(JSON.parse(process.argv[1]).map(ask)).then((answers) => console.log(JSON.stringify(answers)));
`;
type Question = readonly [method: string, path: string, body?: object];
const Answers = z.array(z.object({ status: z.int(), body: z.unknown() }));
const Rules = z.object({
  status: z.object({
    resourceRules: z.array(
      z.object({ verbs: z.array(z.string()), apiGroups: z.array(z.string()), resources: z.array(z.string()) }),
    ),
  }),
});

let system: System;
let image: string;
let ours: { project: string; namespace: string };
let theirs: { project: string; namespace: string };

beforeAll(async () => {
  system = await runningSystem();
  image = (await imageOf(system.kube, Namespace.gerritGateway, 'trigger')) ?? '';
  [ours, theirs] = await Promise.all([makeProject(system, 'rights-a'), makeProject(system, 'rights-b')]);
}, 50 * 60_000);

afterAll(async () => {
  for (const made of [ours, theirs]) {
    await (made && removeProject(system, made.project));
  }
  await system?.gerrit.close();
});

async function ask(pod: ProbePod, questions: readonly Question[]): Promise<z.infer<typeof Answers>> {
  return Answers.parse(JSON.parse(await pod.run(ASK, [JSON.stringify(questions)])));
}

const workflow = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Workflow',
  metadata: { generateName: 'mine-' },
  spec: { entrypoint: 'main', templates: [{ name: 'main', suspend: {} }] },
};
const taskResult = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'WorkflowTaskResult',
  metadata: { generateName: 'mine-' },
};

describe.each(Object.entries(RUNNER_SERVICE_ACCOUNTS))("the token in a project's %s pod", (_trust, serviceAccount) => {
  let pod: ProbePod;

  beforeAll(async () => {
    pod = await startProbePod(system.kube, image, { namespace: ours.namespace, serviceAccount });
    await until(
      'the pod reaches the API server',
      async () => (await ask(pod, [['GET', '/version']]))[0]?.status === 200,
    );
  });
  afterAll(() => pod?.remove());

  test('gives the right to create and patch task results in its own namespace, and no other', async () => {
    const [answer] = await ask(pod, [
      [
        'POST',
        '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
        {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectRulesReview',
          spec: { namespace: ours.namespace },
        },
      ],
    ]);

    const { resourceRules } = Rules.parse(answer?.body).status;
    // Everybody may ask what they may do.
    const rights = resourceRules.filter(({ resources }) => !resources.every((name) => name.startsWith(REVIEWS)));
    expect(rights).toEqual([
      expect.objectContaining({
        verbs: ['create', 'patch'],
        apiGroups: ['argoproj.io'],
        resources: ['workflowtaskresults'],
      }),
    ]);
  });

  test('cannot reach beyond that: 403 for its own project, another, the system and the cluster', async () => {
    const own = `namespaces/${ours.namespace}`;
    const other = `namespaces/${theirs.namespace}`;
    const questions: Question[] = [
      ['GET', `/api/v1/${own}/secrets`],
      ['GET', `/api/v1/${own}/secrets/${ProjectNames.storeSecret}`],
      ['GET', `/api/v1/${own}/pods`],
      ['POST', `/api/v1/${own}/serviceaccounts/${serviceAccount}/token`, {}],
      ['GET', `${ARGO}/${own}/workflows`],
      ['POST', `${ARGO}/${own}/workflows`, workflow],
      ['GET', `${ARGO}/${own}/workflowtaskresults`],
      ['DELETE', `${ARGO}/${own}/workflowtaskresults`],
      ['POST', `${ARGO}/${other}/workflowtaskresults`, taskResult],
      ['GET', `${ARGO}/${other}/workflows`],
      ['GET', `/api/v1/${other}/secrets/${ProjectNames.storeSecret}`],
      ['GET', '/api/v1/namespaces/gerrit-gateway/secrets'],
      ['GET', '/api/v1/namespaces/gerrit-gateway/pods/gateway-0/log'],
      ['GET', '/api/v1/namespaces'],
      ['GET', '/api/v1/nodes'],
      ['GET', '/api/v1/nodes/seakeeper/proxy/pods'],
      ['POST', '/api/v1/namespaces/gerrit-gateway/services/gateway:9101/proxy/v1/resend', {}],
    ];

    const answers = await ask(pod, questions);

    const statuses = questions.map(([method, path], index) => `${answers[index]?.status} ${method} ${path}`);
    expect(statuses).toEqual(questions.map(([method, path]) => `403 ${method} ${path}`));
  });
});
