import 'reflect-metadata';
import {
  createPublicKey,
  generateKeyPairSync,
  X509Certificate as NodeCertificate,
  randomBytes,
  webcrypto,
} from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { type Authority, CERTIFICATES, type Certificate } from './certificates';

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3650;
const CERTIFICATE_DAYS = 365;
/** Certificates with less than this left are made anew at start. */
const RENEW_BEFORE_DAYS = 30;

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const USAGE = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' } as const;

type KeyPair = Readonly<{ publicKey: webcrypto.CryptoKey; privateKey: webcrypto.CryptoKey }>;
type Signer = Readonly<{ certificate: X509Certificate; key: webcrypto.CryptoKey }>;

/**
 * Makes whatever keys and certificates are missing, about to expire or signed by another authority, in `folder`:
 * `<name>.crt` and `<name>.key` (PEM, keys readable by the owner only), and the pair `service-accounts.key`/`.pub`.
 */
export async function ensurePki(folder: string, now: Date): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const signers = {
    'cluster-ca': await ensureAuthority(folder, 'cluster-ca', now),
    'etcd-ca': await ensureAuthority(folder, 'etcd-ca', now),
  } satisfies Record<Authority, Signer>;
  for (const certificate of CERTIFICATES) {
    const signer = signers[certificate.authority];
    if (!isGood(folder, certificate, signer, now)) {
      await issue(folder, certificate, signer, now);
    }
  }
  ensureServiceAccountKeys(folder);
}

async function ensureAuthority(folder: string, name: Authority, now: Date): Promise<Signer> {
  const keyFile = join(folder, `${name}.key`);
  const certificateFile = join(folder, `${name}.crt`);
  if (existsSync(keyFile) && existsSync(certificateFile)) {
    const der = pemToDer(readFileSync(keyFile, 'utf8'));
    const key = await webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, true, ['sign']);
    return { certificate: new X509Certificate(readFileSync(certificateFile, 'utf8')), key };
  }
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...validity(now, AUTHORITY_DAYS),
    serialNumber: serialNumber(),
    name: `CN=seakeeper-local ${name}`,
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  await write(folder, name, certificate, keys.privateKey);
  return { certificate, key: keys.privateKey };
}

/**
 * A client certificate of the cluster's authority for one person: their user name, and no group unless one is named.
 * Of the certificate nothing is written; the authority is made in `folder` if it is not there. Texts are PEM.
 */
export async function signClientCertificate(
  folder: string,
  commonName: string,
  now: Date,
  group?: string,
): Promise<{ certificate: string; key: string }> {
  const signer = await ensureAuthority(folder, 'cluster-ca', now);
  const organization = group === undefined ? {} : { organization: group };
  const wanted: Certificate = {
    name: commonName,
    authority: 'cluster-ca',
    commonName,
    usage: ['client'],
    ...organization,
  };
  const { certificate, privateKey } = await sign(wanted, signer, now);
  return { certificate: certificate.toString('pem'), key: await keyToPem(privateKey) };
}

async function issue(folder: string, wanted: Certificate, signer: Signer, now: Date): Promise<void> {
  const { certificate, privateKey } = await sign(wanted, signer, now);
  await write(folder, wanted.name, certificate, privateKey);
}

async function sign(wanted: Certificate, signer: Signer, now: Date) {
  const keys = await generateKeys();
  const organization = wanted.organization === undefined ? [] : [{ O: [wanted.organization] }];
  const alternatives = [
    ...(wanted.dns ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(wanted.ips ?? []).map((value) => ({ type: 'ip' as const, value })),
  ];
  const certificate = await X509CertificateGenerator.create({
    ...validity(now, CERTIFICATE_DAYS),
    serialNumber: serialNumber(),
    subject: [...organization, { CN: [wanted.commonName] }],
    issuer: signer.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: signer.key,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension(wanted.usage.map((usage) => USAGE[usage])),
      await AuthorityKeyIdentifierExtension.create(signer.certificate),
      ...(alternatives.length === 0 ? [] : [new SubjectAlternativeNameExtension(alternatives)]),
    ],
  });
  return { certificate, privateKey: keys.privateKey };
}

function isGood(folder: string, wanted: Certificate, signer: Signer, now: Date): boolean {
  const file = join(folder, `${wanted.name}.crt`);
  if (!existsSync(file) || !existsSync(join(folder, `${wanted.name}.key`))) {
    return false;
  }
  const found = new NodeCertificate(readFileSync(file));
  const authority = new NodeCertificate(signer.certificate.toString('pem'));
  return (
    found.verify(authority.publicKey) &&
    found.validToDate.getTime() - now.getTime() > RENEW_BEFORE_DAYS * DAY_MS &&
    (wanted.ips ?? []).every((ip) => found.checkIP(ip) !== undefined) &&
    (wanted.dns ?? []).every((name) => found.checkHost(name) !== undefined)
  );
}

/** The pair that signs ServiceAccount tokens. Kept for as long as the cluster's state: tokens outlive a restart. */
function ensureServiceAccountKeys(folder: string): void {
  const file = join(folder, 'service-accounts.key');
  if (existsSync(file)) {
    return;
  }
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'sec1', format: 'pem' }).toString();
  writeAtomically(
    join(folder, 'service-accounts.pub'),
    createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString(),
  );
  writeAtomically(file, pem);
}

function generateKeys(): Promise<KeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

async function write(
  folder: string,
  name: string,
  certificate: X509Certificate,
  key: webcrypto.CryptoKey,
): Promise<void> {
  writeAtomically(join(folder, `${name}.key`), await keyToPem(key));
  writeAtomically(join(folder, `${name}.crt`), `${certificate.toString('pem')}\n`);
}

async function keyToPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`;
}

function writeAtomically(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function pemToDer(pem: string): Buffer {
  return Buffer.from(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64');
}

function validity(now: Date, days: number): { notBefore: Date; notAfter: Date } {
  // An hour back: a clock that is set a little later must not refuse what was just made.
  return { notBefore: new Date(now.getTime() - 3_600_000), notAfter: new Date(now.getTime() + days * DAY_MS) };
}

function serialNumber(): string {
  // Positive and without a leading zero byte, as DER wants it.
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}
