import { pino } from 'pino';
import { z } from 'zod';
import { type ArgoWorkflow, WORKFLOW_API } from '../../core/argo-workflow';
import type { GerritEvent } from '../../core/gerrit-event';
import type { GerritEndpoint } from '../../core/service-config';
import { decodeStreamLine } from '../../services/gateway/decode-stream-event';
import { SshStreamSource } from '../../services/gateway/ssh-stream-source';
import type { KubeClient } from '../../services/shared/kube-client';
import { parseWorkflow } from '../../services/shared/parse-workflow';

const Page = z.object({ metadata: z.object({ resourceVersion: z.string() }) });
const WatchLine = z.object({ type: z.string(), object: z.unknown() });

/** Collection of a namespace's Workflows. */
export const workflowsPath = (namespace: string): string =>
  `/apis/${WORKFLOW_API.group}/${WORKFLOW_API.version}/namespaces/${namespace}/${WORKFLOW_API.plural}`;

/**
 * Gerrit's event stream, in this process, until the signal fires. Resolves once events come; `onLost` says that they
 * no longer do, and with it no sample is whole.
 */
export function watchGerrit(options: {
  readonly endpoint: GerritEndpoint;
  readonly privateKey: string;
  readonly signal: AbortSignal;
  readonly onEvent: (event: GerritEvent, at: number) => void;
  readonly onLost: (error: Error) => void;
}): Promise<void> {
  return new Promise((resolve, reject) => {
    const lost = (why: string) => {
      const error = new Error(`no event stream from Gerrit: ${why}`);
      options.onLost(error);
      reject(error);
    };
    const source = new SshStreamSource({
      endpoint: options.endpoint,
      privateKey: () => options.privateKey,
      log: pino({ level: 'silent' }),
      onConnected: resolve,
      onDisconnected: (_end, why) => lost(why),
      settle: async () => {},
      onOversize: () => lost('a line was too long'),
      onLine: (line) => {
        const at = performance.now();
        const said = decodeStreamLine(line.toString('utf8'));
        if (said.kind === 'event') {
          options.onEvent(said.event, at);
        }
      },
    });
    void source.run(options.signal);
  });
}

/** A namespace's Workflows as they change from now on, until the signal fires. Resolves once the watch is asked for. */
export async function watchWorkflows(options: {
  readonly kube: KubeClient;
  readonly namespace: string;
  readonly signal: AbortSignal;
  readonly onWorkflow: (type: string, workflow: ArgoWorkflow, at: number) => void;
  readonly onLost: (error: Error) => void;
}): Promise<void> {
  const { kube, namespace, signal, onLost } = options;
  const { resourceVersion } = Page.parse(await kube.get(workflowsPath(namespace))).metadata;
  const follow = async () => {
    const query = new URLSearchParams({ watch: 'true', resourceVersion, timeoutSeconds: '3600' });
    for await (const line of kube.watch(`${workflowsPath(namespace)}?${query}`, signal)) {
      const at = performance.now();
      const { type, object } = WatchLine.parse(line);
      if (type === 'ERROR') {
        throw new Error(JSON.stringify(object));
      }
      options.onWorkflow(type, parseWorkflow(object), at);
    }
    throw new Error('the API server ended it');
  };
  void follow().catch((error: unknown) => {
    if (!signal.aborted) {
      onLost(new Error(`watch of Workflows in ${namespace} broke: ${String(error)}`));
    }
  });
}
