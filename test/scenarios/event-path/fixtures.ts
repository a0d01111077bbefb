import { GatewayConfig, ReporterConfig, TriggerConfig } from '../../../core/service-config';
import { createLogger, type Logger } from '../../../services/shared/log';

export const SERVER = 'local';

export const GOOD_DEFINITION = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
spec:
  entrypoint: main
  templates:
    - name: main
      container: {image: "busybox:1.36", command: [echo, "{{workflow.parameters.ref}}"]}
`;
/** One that the sanitiser refuses. */
export const BAD_DEFINITION = GOOD_DEFINITION.replace('spec:\n', 'spec:\n  serviceAccountName: admin\n');

export const silent: Logger = createLogger('test');
silent.level = 'silent';

const gerrit = {
  name: SERVER,
  httpUrl: 'http://gerrit.test',
  fetchUrl: 'http://gerrit.test',
  sshHost: 'gerrit.test',
  sshPort: 29_418,
  sshHostKeys: ['ssh-ed25519 AAAA'],
  account: 'seakeeper-ci',
  canaryProject: 'demo',
};
const pipelines = [
  {
    name: 'check',
    label: {},
    triggers: [
      { event: 'patchset-created' },
      { event: ['change-restored', 'topic-changed'] },
      { event: 'comment-added', comment: '^recheck$' },
    ],
    dequeue: [{ event: 'comment-added', command: 'cancel' }],
  },
  { name: 'post', triggers: [{ event: 'change-merged' }] },
];
const ledgerUrl = 'http://ledger.test';

export const gatewayConfig = GatewayConfig.parse({ gerrit, pipelines, resendAfterSeconds: 3, sweepSeconds: 20 });
export const triggerConfig = TriggerConfig.parse({ gerrit, pipelines, ledgerUrl });
export const reporterConfig = ReporterConfig.parse({
  gerrit,
  pipelines,
  ledgerUrl,
  statusUrl: 'http://ci.test',
  // As in the cluster, longer than any outage: a run whose Workflow is gone cannot be found again.
  ttlSeconds: 24 * 3600,
});
