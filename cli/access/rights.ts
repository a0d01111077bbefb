import type { AccessQuestion } from '../../policy/authorize';

/** Something people ask whether they may do it: all of these, in the project's namespace unless they say otherwise. */
export interface Right {
  /** What it is, in words. */
  readonly title: string;
  readonly questions: readonly Omit<AccessQuestion, 'namespace'>[];
  /** @default project */
  readonly where?: 'project' | 'cluster';
}

const ARGO = 'argoproj.io';
const RBAC = 'rbac.authorization.k8s.io';
const READ = ['get', 'list', 'watch'] as const;
const WRITE = ['create', 'update', 'patch', 'delete', 'deletecollection'] as const;

const ask = (group: string, resources: readonly string[], verbs: readonly string[]) =>
  resources.flatMap((resource) => verbs.map((verb) => ({ verb, group, resource })));

/** What the table and the list of one user's rights are about: what owners do, and what would lead them further. */
export const RIGHTS: readonly Right[] = [
  {
    title: 'see runs and steps',
    questions: [
      ...ask(
        ARGO,
        ['workflows', 'workflowtemplates', 'cronworkflows', 'workflowtasksets', 'workflowtaskresults'],
        READ,
      ),
      ...ask('', ['pods', 'events'], READ),
    ],
  },
  { title: 'read logs', questions: ask('', ['pods/log'], ['get']) },
  { title: 'submit and resubmit runs', questions: ask(ARGO, ['workflows'], ['create']) },
  // An update may change what a patch may: admission lets people stop a run, and nothing else.
  { title: 'stop and terminate runs', questions: ask(ARGO, ['workflows'], ['patch', 'update']) },
  { title: 'delete runs', questions: ask(ARGO, ['workflows'], ['delete', 'deletecollection']) },
  {
    title: "report steps' results",
    questions: ask(ARGO, ['workflowtaskresults'], ['create', 'patch']),
  },
  {
    title: 'write templates, timed runs',
    questions: ask(ARGO, ['workflowtemplates', 'cronworkflows'], WRITE),
  },
  { title: 'see quota and limits', questions: ask('', ['resourcequotas', 'limitranges'], READ) },
  {
    title: 'change quota, limits, network',
    questions: [
      ...ask('', ['resourcequotas', 'limitranges'], WRITE),
      ...ask('networking.k8s.io', ['networkpolicies'], WRITE),
    ],
  },
  { title: 'write pods', questions: ask('', ['pods'], WRITE) },
  {
    title: 'get into pods',
    questions: ask('', ['pods/exec', 'pods/attach', 'pods/portforward', 'pods/ephemeralcontainers'], ['create']),
  },
  { title: 'read Secrets', questions: ask('', ['secrets'], READ) },
  {
    title: 'write Secrets, ConfigMaps',
    questions: [...ask('', ['secrets', 'configmaps', 'serviceaccounts'], WRITE)],
  },
  { title: "take an account's token", questions: ask('', ['serviceaccounts/token'], ['create']) },
  {
    title: 'give rights',
    questions: [
      ...ask(RBAC, ['roles', 'rolebindings'], WRITE),
      ...ask(RBAC, ['roles', 'clusterroles'], ['bind', 'escalate']),
    ],
  },
  {
    title: 'act as somebody else',
    where: 'cluster',
    questions: ask('', ['users', 'groups', 'serviceaccounts'], ['impersonate']),
  },
  {
    title: 'list what all namespaces hold',
    where: 'cluster',
    questions: [...ask(ARGO, ['workflows'], ['list']), ...ask('', ['pods', 'secrets', 'namespaces'], ['list'])],
  },
];

/** The questions of a right about a project's namespace. */
export function questionsOf({ questions, where = 'project' }: Right, namespace: string): AccessQuestion[] {
  return where === 'cluster' ? [...questions] : questions.map((question) => ({ ...question, namespace }));
}
