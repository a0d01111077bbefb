import { KubeConfig } from '@kubernetes/client-node';
import { App, type Chart } from 'cdk8s';
import { z } from 'zod';
import { ArgoCrdsChart } from '../../../constructs/argo-crds-chart';
import { ServiceAccounts } from '../../../core/access';
import { asKubeObject, type KubeObject } from '../../../core/kube-object';
import { Label } from '../../../core/labels';
import { type ApiServerFixture, startApiServer } from '../../../local/cluster/api-server-alone';
import { KubeClient, KubeError } from '../../../services/shared/kube-client';
import { until } from './until';

/** The project namespace that everything is asked about. */
export const NAMESPACE = 'ci-admission';

/** Paths of the kinds a test sends. */
const PATHS: Readonly<Record<string, string>> = {
  Namespace: '/api/v1/namespaces',
  Pod: '/api/v1/namespaces/{}/pods',
  ServiceAccount: '/api/v1/namespaces/{}/serviceaccounts',
  Role: '/apis/rbac.authorization.k8s.io/v1/namespaces/{}/roles',
  RoleBinding: '/apis/rbac.authorization.k8s.io/v1/namespaces/{}/rolebindings',
  ClusterRole: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  ClusterRoleBinding: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  PriorityClass: '/apis/scheduling.k8s.io/v1/priorityclasses',
  CustomResourceDefinition: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  ValidatingAdmissionPolicy: '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies',
  ValidatingAdmissionPolicyBinding: '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings',
  ClusterWorkflowTemplate: '/apis/argoproj.io/v1alpha1/clusterworkflowtemplates',
  EventBus: '/apis/argoproj.io/v1alpha1/namespaces/{}/eventbus',
};

/** Path of an object's kind; one of Argo's when it is nowhere above. */
export function kindPath(kind: string, namespace: string): string {
  const path = PATHS[kind] ?? `/apis/argoproj.io/v1alpha1/namespaces/{}/${kind.toLowerCase()}s`;
  return path.replace('{}', namespace);
}

/** Who asks: the owner of the project, an administrator, or one of our services by its account. */
export type Caller = 'owner' | 'admin' | keyof typeof ServiceAccounts;

/** An API server with Argo's CRDs and admission of ours, where everybody has every right: only admission refuses. */
export interface AdmissionServer {
  readonly server: ApiServerFixture;
  as(caller: Caller): Promise<KubeClient>;
  /** With a ServiceAccount's real token, tied to a pod where one is named. */
  token(account: { namespace: string; name: string }, boundTo?: { name: string; uid: string }): Promise<string>;
  withToken(token: string): KubeClient;
  /** `admitted`, or what the caller is told. Nothing is kept. */
  askToCreate(caller: Caller, object: object): Promise<string>;
  stop(): Promise<void>;
}

const TokenAnswer = z.object({ status: z.object({ token: z.string() }) });

/**
 * Starts it with charts of policies. `inForce` is asked until admission refuses it: a policy takes a moment to be
 * compiled.
 */
export async function startAdmissionServer(
  charts: (app: App) => readonly Chart[],
  inForce: { readonly caller: Caller; readonly object: object },
): Promise<AdmissionServer> {
  const server = await startApiServer({ controllers: [] });
  const admin = new KubeClient(server.config());
  const clients = new Map<Caller, Promise<KubeClient>>([['admin', Promise.resolve(admin)]]);

  const withToken = (token: string): KubeClient => {
    const config = new KubeConfig();
    config.loadFromFile(server.kubeconfig);
    config.loadFromOptions({ ...config, users: [{ name: 'private', token }] });
    return new KubeClient(config);
  };
  const token: AdmissionServer['token'] = async ({ namespace, name }, boundTo) => {
    const boundObjectRef =
      boundTo === undefined ? {} : { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', ...boundTo } };
    const answer = await admin.create(`${kindPath('ServiceAccount', namespace)}/${name}/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: boundObjectRef,
    });
    return TokenAnswer.parse(answer).status.token;
  };
  const connect = async (caller: Caller): Promise<KubeClient> => {
    if (caller !== 'owner' && caller !== 'admin') {
      return withToken(await token(ServiceAccounts[caller]));
    }
    const config = new KubeConfig();
    config.loadFromFile(server.kubeconfigFor('limited'));
    return new KubeClient(config);
  };
  const as = (caller: Caller): Promise<KubeClient> => {
    const client = clients.get(caller) ?? connect(caller);
    clients.set(caller, client);
    return client;
  };
  const askToCreate: AdmissionServer['askToCreate'] = async (caller, object) => {
    const { kind, metadata } = asKubeObject(object);
    const client = await as(caller);
    try {
      await client.create(`${kindPath(kind, metadata.namespace ?? NAMESPACE)}?dryRun=All`, object);
      return 'admitted';
    } catch (error) {
      if (error instanceof KubeError) return error.message;
      throw error;
    }
  };

  try {
    for (const object of ground()) {
      await admin.create(kindPath(object.kind, object.metadata.namespace ?? NAMESPACE), object);
    }
    const app = new App();
    const rendered = [new ArgoCrdsChart(app, 'argo-crds'), ...charts(app)].flatMap((chart) => chart.toJson());
    for (const object of rendered.map(asKubeObject)) {
      await admin.create(kindPath(object.kind, ''), object);
    }
    const { caller, object } = inForce;
    await until(
      'the policies are in force',
      async () => /denied request/.test(await askToCreate(caller, object)),
      60_000,
    );
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    server,
    as,
    token,
    withToken,
    askToCreate,
    stop: async () => {
      await Promise.all([...clients.values()].map(async (client) => (await client).close()));
      await server.stop();
    },
  };
}

function ground(): KubeObject[] {
  const systems = [...new Set(Object.values(ServiceAccounts).map(({ namespace }) => namespace))];
  const namespace = (name: string, purpose: string) =>
    asKubeObject({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { [Label.purpose]: purpose } } });
  const account = (name: string, of: string) =>
    asKubeObject({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: of } });
  return [
    namespace(NAMESPACE, 'project'),
    ...systems.map((name) => namespace(name, 'system')),
    ...Object.values(ServiceAccounts).map(({ name, namespace: of }) => account(name, of)),
    ...['default', 'runner-pre-review', 'runner-post-review'].map((name) => account(name, NAMESPACE)),
    asKubeObject({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'everybody' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [
        { kind: 'User', name: 'limited', apiGroup: 'rbac.authorization.k8s.io' },
        { kind: 'Group', name: 'system:serviceaccounts', apiGroup: 'rbac.authorization.k8s.io' },
      ],
    }),
  ];
}
