import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { renderKubeconfig } from '../../../local/cluster/kubeconfig';
import { signClientCertificate } from '../../../local/cluster/pki';
import { localPaths } from '../../../local/paths';
import { KubeClient } from '../../../services/shared/kube-client';

/** A kubeconfig, as text, of a person whose client certificate says their user name and no group. */
export async function personKubeconfig(user: string): Promise<string> {
  const { pki } = localPaths();
  const { certificate, key } = await signClientCertificate(pki, user, new Date());
  return renderKubeconfig(readFileSync(join(pki, 'cluster-ca.crt'), 'utf8'), certificate, key);
}

/** A client of the local cluster that acts as a person; with `file`, their kubeconfig is written there for kubectl. */
export async function personClient(user: string, file?: string): Promise<KubeClient> {
  const text = await personKubeconfig(user);
  if (file !== undefined) writeFileSync(file, text, { mode: 0o600 });
  const config = new KubeConfig();
  config.loadFromString(text);
  return new KubeClient(config);
}
