import { namespaceForProject } from '../../core/project-name';
import { ADDRESS_PLAN } from '../cluster/address-plan';
import type { DemoOutcome } from './demo';

/** What `npm start` says at its end: the vote, what runs where, and what to do next. */
export function renderSummary(found: {
  readonly demo: DemoOutcome;
  readonly kubeconfig: string;
  readonly binaries: { readonly kubectl: string; readonly argo: string };
  readonly gerritUrl: string;
  readonly adminPasswordFile: string;
  readonly statusUrl: string;
}): string {
  const { demo, kubeconfig, binaries, gerritUrl } = found;
  const { change, vote } = demo;
  const namespace = namespaceForProject(change.project);
  const quoted = demo.message.split('\n').map((line) => `    ${line}`);
  const sign = vote.value > 0 ? '+' : '';
  return [
    '',
    `Gerrit says of change ${change.number}: ${vote.label} ${sign}${vote.value}`,
    '',
    ...quoted,
    '',
    'What runs where',
    `  Gerrit          ${gerritUrl}  (admin; password in ${found.adminPasswordFile})`,
    `  Run pages       ${found.statusUrl}  (steps, logs, artifacts)`,
    `  argo-server     http://${ADDRESS_PLAN.nodeAddress}:30746`,
    `  Kubernetes      https://${ADDRESS_PLAN.nodeAddress}:${ADDRESS_PLAN.apiPort}`,
    '',
    'Push another change',
    `  git clone ${gerritUrl}/${change.project} && cd ${change.project}`,
    `  curl -so .git/hooks/commit-msg ${gerritUrl}/tools/hooks/commit-msg && chmod +x .git/hooks/commit-msg`,
    `  echo 'echo "hello again"' > test.sh && git add . && git commit -m 'Say hello again'`,
    `  git push http://admin@${gerritUrl.replace('http://', '')}/a/${change.project} HEAD:refs/for/master`,
    '',
    'Look around',
    `  export KUBECONFIG=${kubeconfig}`,
    `  ${binaries.kubectl} get workflows -A`,
    `  ${binaries.argo} list -n ${namespace}`,
    `  ${binaries.argo} logs -n ${namespace} @latest`,
    '',
    'Stop:  npm run stop',
    '',
  ].join('\n');
}
