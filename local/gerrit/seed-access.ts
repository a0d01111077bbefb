import { z } from 'zod';

/** The label pipelines vote on, as Gerrit's REST takes it. No function: the submit requirement says what is needed. */
export const VERIFIED_LABEL = {
  name: 'Verified',
  function: 'NoBlock',
  values: { '-1': 'Fails', ' 0': 'No score', '+1': 'Verified' },
  copy_condition: 'changekind:NO_CODE_CHANGE',
} as const;

/** A change is submitted only with the best vote and without the worst; changes to `refs/meta/config` are free. */
export const VERIFIED_REQUIREMENT = {
  name: 'Verified',
  description: 'Changes must be verified by the CI system.',
  applicability_expression: '-branch:refs/meta/config',
  submittability_expression: 'label:Verified=MAX AND -label:Verified=MIN',
  allow_override_in_child_projects: true,
} as const;

const Rule = z.object({ action: z.string(), min: z.number().optional(), max: z.number().optional() });
const Permission = z.object({ exclusive: z.boolean().optional(), rules: z.record(z.string(), Rule) });

/** Access of a project as REST gives and takes it: refs, then permissions, then rules by group UUID. */
export const AccessSections = z.record(z.string(), z.object({ permissions: z.record(z.string(), Permission) }));
export type AccessSections = z.infer<typeof AccessSections>;

/** UUIDs of the groups that are given something. */
export interface SeedGroups {
  readonly serviceUsers: string;
  readonly administrators: string;
}

/** What Seakeeper needs in All-Projects, and what the demo's administrator does past review. */
export function wantedAccess(groups: SeedGroups): AccessSections {
  const vote = () => ({ rules: { [groups.serviceUsers]: { action: 'ALLOW', min: -1, max: 1 } } });
  const push = () => ({ rules: { [groups.administrators]: { action: 'ALLOW' } } });
  return {
    'refs/heads/*': { permissions: { [`label-${VERIFIED_LABEL.name}`]: vote(), push: push() } },
    'refs/meta/config': {
      permissions: {
        [`label-${VERIFIED_LABEL.name}`]: vote(),
        push: push(),
        // Gerrit keeps this permission exclusive here: a grant on refs/* would not reach it.
        read: { exclusive: true, rules: { [groups.serviceUsers]: { action: 'ALLOW' } } },
      },
    },
  };
}

/** The part of `wanted` that `present` lacks; empty when there is nothing to do. Never takes anything away. */
export function missingAccess(wanted: AccessSections, present: AccessSections): AccessSections {
  const missing: AccessSections = {};
  for (const [ref, { permissions }] of Object.entries(wanted)) {
    for (const [name, permission] of Object.entries(permissions)) {
      const held = present[ref]?.permissions[name]?.rules ?? {};
      const rules = Object.fromEntries(
        Object.entries(permission.rules).filter(([group, rule]) => !covers(held[group], rule)),
      );
      if (Object.keys(rules).length > 0) {
        const section = missing[ref] ?? { permissions: {} };
        section.permissions[name] = { ...permission, rules };
        missing[ref] = section;
      }
    }
  }
  return missing;
}

function covers(held: z.infer<typeof Rule> | undefined, rule: z.infer<typeof Rule>): boolean {
  return (
    held !== undefined &&
    held.action === rule.action &&
    (held.min ?? 0) <= (rule.min ?? 0) &&
    (held.max ?? 0) >= (rule.max ?? 0)
  );
}
