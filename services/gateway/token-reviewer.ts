import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ServiceAccounts } from '../../core/access';
import { LEDGER_AUDIENCE } from '../../core/service-config';
import type { KubeClient } from '../shared/kube-client';

/** Who may call the ledger. */
export type Caller = 'trigger' | 'reporter' | 'provisioner' | 'status' | 'gateway';

/** Tells who sent a token; undefined: nobody who may call. Rejects when that cannot be found out now. */
export type Authenticate = (token: string) => Promise<Caller | undefined>;

const TokenReview = z.object({
  status: z.object({
    authenticated: z.boolean().default(false),
    audiences: z.array(z.string()).default([]),
    user: z.object({ username: z.string().default('') }).default({ username: '' }),
  }),
});

const CALLERS: ReadonlyMap<string, Caller> = new Map(
  (['trigger', 'reporter', 'provisioner', 'status', 'gateway'] as const).map((caller) => {
    const { namespace, name } = ServiceAccounts[caller];
    return [`system:serviceaccount:${namespace}:${name}`, caller];
  }),
);

const REMEMBER_MS = { allowed: 60_000, refused: 5_000 };
/** Tokens of five callers, rotated hourly, never fill this; a flood of made-up ones must not fill memory either. */
const MOST_REMEMBERED = 256;

/**
 * Authenticates callers by asking the API server about their token (TokenReview with our own audience). An answer is
 * remembered for a minute under the token's hash, so a token that is revoked works that much longer at most.
 */
export function tokenReviewer(kube: Pick<KubeClient, 'create'>, now: () => number = Date.now): Authenticate {
  const remembered = new Map<string, { caller: Caller | undefined; until: number }>();
  return async (token) => {
    const hash = createHash('sha256').update(token).digest('base64');
    const known = remembered.get(hash);
    if (known !== undefined && known.until > now()) {
      return known.caller;
    }
    const caller = await review(kube, token);
    remembered.delete(hash);
    for (const oldest of remembered.keys()) {
      if (remembered.size < MOST_REMEMBERED) {
        break;
      }
      remembered.delete(oldest);
    }
    const ms = caller === undefined ? REMEMBER_MS.refused : REMEMBER_MS.allowed;
    remembered.set(hash, { caller, until: now() + ms });
    return caller;
  };
}

async function review(kube: Pick<KubeClient, 'create'>, token: string): Promise<Caller | undefined> {
  const { status } = TokenReview.parse(
    await kube.create('/apis/authentication.k8s.io/v1/tokenreviews', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      spec: { token, audiences: [LEDGER_AUDIENCE] },
    }),
  );
  const isForUs = status.authenticated && status.audiences.includes(LEDGER_AUDIENCE);
  return isForUs ? CALLERS.get(status.user.username) : undefined;
}
