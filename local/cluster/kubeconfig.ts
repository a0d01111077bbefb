import { stringify } from 'yaml';
import { API_SERVER_URL } from './address-plan';

export const CONTEXT = 'seakeeper-local';

/** Client configuration text with everything embedded. All arguments are PEM. Holds a private key: write it 0600. */
export function renderKubeconfig(authority: string, certificate: string, key: string): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: CONTEXT, cluster: { server: API_SERVER_URL, 'certificate-authority-data': base64(authority) } }],
    users: [
      { name: CONTEXT, user: { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) } },
    ],
    contexts: [{ name: CONTEXT, context: { cluster: CONTEXT, user: CONTEXT } }],
    'current-context': CONTEXT,
  });
}
