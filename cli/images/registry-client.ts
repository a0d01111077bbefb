import { createHash } from 'node:crypto';
import { fetch, type Response } from 'undici';
import { z } from 'zod';
import type { Image } from '../../core/images';
import { messageOf } from '../../services/shared/errors';
import { parseChallenge } from './parse-challenge';
import { isLoopback, registryAddress } from './registry-address';

/** What a registry says a tag stands for. */
export type Resolution =
  | { readonly kind: 'found'; readonly digest: string }
  /** The registry answered: it has no such tag, or does not show it to strangers. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Nobody answered, or not as a registry does. */
  | { readonly kind: 'unreachable'; readonly reason: string };

/** Indexes first: a digest must stand for the image on every architecture the tag has. */
const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const DEADLINE_MS = 15_000;
const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const Token = z.object({ token: z.string().optional(), access_token: z.string().optional() });

/**
 * Asks an image's registry what its tag stands for now, as anybody may (OCI distribution, token authentication without
 * credentials). Never rejects: what could not be found out is a reason.
 */
export async function resolveTag(image: Image): Promise<Resolution> {
  const { baseUrl, name } = registryAddress(image);
  const url = `${baseUrl}/v2/${name}/manifests/${encodeURIComponent(image.tag)}`;
  try {
    const head = await ask(url, 'HEAD');
    if (head.status === 404) return refused(`the registry has no ${image.repository}:${image.tag}`);
    if (head.status === 401 || head.status === 403) {
      return refused(`the registry shows ${image.repository} to those with a password only (${head.status})`);
    }
    if (!head.ok) return unreachable(`${new URL(baseUrl).host} answered ${head.status}`);
    const stated = Digest.safeParse(head.headers.get('docker-content-digest'));
    return stated.success ? { kind: 'found', digest: stated.data } : await digestOfBody(url);
  } catch (error) {
    return unreachable(`${new URL(baseUrl).host}: ${causeOf(error)}`);
  }
}

/** The header is optional in the specification; what the digest is made of is not. */
async function digestOfBody(url: string): Promise<Resolution> {
  const response = await ask(url, 'GET');
  if (!response.ok) return unreachable(`${new URL(url).host} answered ${response.status}`);
  const body = Buffer.from(await response.arrayBuffer());
  return { kind: 'found', digest: `sha256:${createHash('sha256').update(body).digest('hex')}` };
}

async function ask(url: string, method: 'HEAD' | 'GET'): Promise<Response> {
  const first = await call(url, method, { accept: MANIFESTS });
  if (first.status !== 401) return first;
  const token = await anonymousToken(first.headers.get('www-authenticate'));
  return token === undefined ? first : call(url, method, { accept: MANIFESTS, authorization: `Bearer ${token}` });
}

async function anonymousToken(header: string | null): Promise<string | undefined> {
  const challenge = parseChallenge(header);
  const realm = challenge?.parameters['realm'];
  if (challenge?.scheme !== 'bearer' || realm === undefined) return undefined;
  const url = new URL(realm);
  for (const key of ['service', 'scope']) {
    const value = challenge.parameters[key];
    if (value !== undefined) url.searchParams.set(key, value);
  }
  const response = await call(url.href, 'GET', { accept: 'application/json' });
  if (!response.ok) return undefined;
  const { token, access_token } = Token.parse(await response.json());
  return token ?? access_token;
}

async function call(url: string, method: 'HEAD' | 'GET', headers: Record<string, string>): Promise<Response> {
  mustBePrivate(url);
  const response = await fetch(url, { method, headers, signal: AbortSignal.timeout(DEADLINE_MS) });
  mustBePrivate(response.url);
  return response;
}

/** A digest that came over plain HTTP was written by whoever sat on the way. */
function mustBePrivate(url: string): void {
  const { protocol, host } = new URL(url);
  if (protocol !== 'https:' && !isLoopback(host)) throw new Error(`${protocol}//${host} is not HTTPS`);
}

/** `fetch` says "fetch failed"; why it failed is its cause. */
function causeOf(error: unknown): string {
  return messageOf(error instanceof Error && error.cause instanceof Error ? error.cause : error);
}

const refused = (reason: string): Resolution => ({ kind: 'refused', reason });
const unreachable = (reason: string): Resolution => ({ kind: 'unreachable', reason });
