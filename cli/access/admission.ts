import { z } from 'zod';
import type { KubeObject } from '../../core/kube-object';
import type { AccessQuestion } from '../../policy/authorize';

/** What admission does to a request that rights allow. */
export interface AdmissionNote {
  /** A policy that refuses it whatever it holds, with its words. */
  readonly refusedBy?: { readonly policy: string; readonly message: string };
  /** Policies that look at what it holds. */
  readonly boundedBy: readonly string[];
}

const Policy = z.object({
  kind: z.literal('ValidatingAdmissionPolicy'),
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    matchConstraints: z.object({
      resourceRules: z.array(
        z.object({ apiGroups: z.array(z.string()), operations: z.array(z.string()), resources: z.array(z.string()) }),
      ),
      namespaceSelector: z.object({ matchLabels: z.record(z.string(), z.string()) }).optional(),
    }),
    matchConditions: z.array(z.object({ expression: z.string() })).default([]),
    validations: z.array(z.object({ expression: z.string(), message: z.string().default('') })),
  }),
});
type Policy = z.infer<typeof Policy>;

const OPERATIONS: Readonly<Record<string, string>> = {
  create: 'CREATE',
  update: 'UPDATE',
  patch: 'UPDATE',
  delete: 'DELETE',
  deletecollection: 'DELETE',
};

/**
 * The rendered admission policies, as far as they tell of a person without the request itself: one that must be false is
 * a refusal, any other bounds what the request may hold. Reading is not admitted, so nothing is said of it.
 */
export class Admission {
  private readonly policies: readonly Policy[];

  constructor(
    objects: Iterable<KubeObject>,
    private readonly namespaceLabels: Readonly<Record<string, string>>,
  ) {
    this.policies = [...objects].flatMap((object) => Policy.safeParse(object).data ?? []);
  }

  /** What is said of a question about the project's namespace, asked by a person. */
  noteFor(question: AccessQuestion): AdmissionNote {
    const matching = this.policies.filter((policy) => this.isAbout(policy, question));
    for (const { metadata, spec } of matching) {
      const refusal = spec.validations.find(({ expression }) => expression === 'false');
      // Whom it leaves out is no person; a condition on anything else cannot be told from here.
      const isForPeople = spec.matchConditions.every(({ expression }) => expression.includes('request.userInfo'));
      if (refusal !== undefined && isForPeople) {
        return { refusedBy: { policy: metadata.name, message: refusal.message }, boundedBy: [] };
      }
    }
    return { boundedBy: matching.map(({ metadata }) => metadata.name) };
  }

  private isAbout({ spec }: Policy, { verb, group, resource, namespace }: AccessQuestion): boolean {
    const operation = OPERATIONS[verb];
    const { resourceRules, namespaceSelector } = spec.matchConstraints;
    const labels = Object.entries(namespaceSelector?.matchLabels ?? {});
    return (
      operation !== undefined &&
      namespace !== undefined &&
      labels.every(([key, value]) => this.namespaceLabels[key] === value) &&
      resourceRules.some(
        (rule) =>
          rule.operations.includes(operation) && rule.apiGroups.includes(group) && rule.resources.includes(resource),
      )
    );
  }
}
