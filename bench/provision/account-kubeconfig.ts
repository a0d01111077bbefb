import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { z } from 'zod';
import type { ReachablePlane } from './control-plane';

const HOURS = 6;
const Token = z.object({ status: z.object({ token: z.string() }) });

/**
 * Writes a kubeconfig with which a process acts as a ServiceAccount of the stack, with its rights and under the policies
 * made for it. Resolves to its path, in the control plane's folder.
 */
export async function accountKubeconfig(
  { admin, folder, server }: ReachablePlane,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<string> {
  const token = await accountToken(admin, { namespace, name });
  const cluster = server.config().getCurrentCluster();
  if (cluster === null) throw new Error('the fixture’s kubeconfig has no current cluster');
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [cluster],
    users: [{ name, token }],
    contexts: [{ name, cluster: cluster.name, user: name, namespace }],
    currentContext: name,
  });
  const path = join(folder, `${name}.kubeconfig`);
  writeFileSync(path, config.exportConfig(), { mode: 0o600 });
  return path;
}

/** A token of a ServiceAccount: for the API server, or for one audience only, such as our ledger's. */
export async function accountToken(
  admin: ReachablePlane['admin'],
  { namespace, name }: { readonly namespace: string; readonly name: string },
  audience?: string,
): Promise<string> {
  const audiences = audience === undefined ? {} : { audiences: [audience] };
  const { status } = Token.parse(
    await admin.create(`/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: HOURS * 3600, ...audiences },
    }),
  );
  return status.token;
}
