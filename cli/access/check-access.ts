import pLimit from 'p-limit';
import { z } from 'zod';
import type { AccessQuestion, Grant, Identity } from '../../policy/authorize';
import type { KubeClient } from '../../services/shared/kube-client';
import { type AccessModel, type Actor, allQuestions } from './model-access';

const REVIEWS = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
/** Reviews the API server has at a time. */
const CONCURRENCY = 16;

const Review = z.object({
  status: z.object({ allowed: z.boolean(), reason: z.string().default(''), evaluationError: z.string().optional() }),
});

/** The API server answers otherwise than the rendered objects do. */
export interface Disagreement {
  readonly actor: Actor;
  readonly question: AccessQuestion;
  /** What gives the right as rendered; undefined: nothing does, and the API server allows it all the same. */
  readonly computed: Grant | undefined;
  /** The API server's own words. */
  readonly reason: string;
}

/** What the API server was asked. */
export interface AccessCheck {
  readonly asked: number;
  readonly disagreements: readonly Disagreement[];
}

/** Whether the API server allows it. Rejects with `KubeError` when we may not ask. */
export async function reviewAccess(
  kube: Pick<KubeClient, 'create'>,
  { user, groups }: Identity,
  { verb, group, resource: path, namespace, name }: AccessQuestion,
): Promise<{ readonly allowed: boolean; readonly reason: string }> {
  const [resource, subresource] = path.split('/', 2);
  const resourceAttributes = { verb, group, resource, subresource, namespace, name };
  const answer = await kube.create(REVIEWS, {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user, groups, resourceAttributes },
  });
  const { allowed, reason, evaluationError } = Review.parse(answer).status;
  return { allowed, reason: [reason, evaluationError].filter(Boolean).join('; ') };
}

/** Asks the API server everything about these actors, and compares. Rejects as `KubeClient` does. */
export async function checkAccess(
  kube: Pick<KubeClient, 'create'>,
  model: AccessModel,
  actors: readonly Actor[],
): Promise<AccessCheck> {
  const limit = pLimit(CONCURRENCY);
  const checks = actors.flatMap((actor) => {
    const { identity } = actor;
    if (identity === undefined) return [];
    return allQuestions(model.namespace).map((question) =>
      limit(async (): Promise<Disagreement[]> => {
        const computed = model.answer(actor, question);
        const { allowed, reason } = await reviewAccess(kube, identity, question);
        return allowed === (computed !== undefined) ? [] : [{ actor, question, computed, reason }];
      }),
    );
  });
  const disagreements = (await Promise.all(checks)).flat();
  return { asked: checks.length, disagreements };
}
