/** Keys that are secret, set with `pulumi config set --secret`, and what each is. */
export const SECRETS = {
  gerritSshKey: 'Private key (OpenSSH) of the Gerrit account.',
  gerritHttpPassword: 'HTTP password of the Gerrit account.',
  natsPassword: 'Password of the event bus.',
  natsTlsCert: 'Certificate (PEM) of the event bus for nats.gerrit-gateway.svc; its clients pin it.',
  natsTlsKey: 'Key (PEM) of that certificate.',
  storeRootUser: 'Root user of the artifact store; only its set-up uses it.',
  storeRootPassword: 'Its password.',
  storeAdminAccessKey: "Access key of the provisioner, which makes each project's own key.",
  storeAdminSecretKey: 'Its secret key.',
  storeReaderAccessKey: 'Access key of the status pages, which read artifacts.',
  storeReaderSecretKey: 'Its secret key.',
} as const;
export type SecretKey = keyof typeof SECRETS;

export const SECRET_KEYS = Object.keys(SECRETS) as SecretKey[];
