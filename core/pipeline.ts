import { RE2JS } from 're2js';
import { z } from 'zod';
import { RunPool } from './pool';

/** DNS-safe, and free of what Gerrit's result tabs and NATS subjects treat specially. */
export const PipelineName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/, 'must be 2 to 32 characters a-z, 0-9 and -, beginning with a letter');

/** A pattern in RE2's syntax, which no text can make slow. Refused here, where a person reads why, and not in a pod. */
export const Re2Pattern = z.string().superRefine((source, context) => {
  try {
    RE2JS.compile(source);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    context.addIssue({ code: 'custom', message: `'${source}' is not an RE2 pattern: ${why}` });
  }
});

/**
 * One way for an event to start a pipeline. All given conditions must hold. Patterns are RE2 and match anywhere
 * unless anchored.
 */
export const PipelineTrigger = z.strictObject({
  event: z
    .enum(['patchset-created', 'comment-added', 'change-restored', 'change-merged', 'ref-updated'])
    .describe("Kind of event, by the name Gerrit's `stream-events` gives it."),
  comment: Re2Pattern.optional().describe(
    'comment-added: RE2 pattern that what the person wrote must match, without the lines Gerrit puts before it.',
  ),
  approval: z
    .strictObject({
      label: z.string().min(1).describe('Label of Gerrit, such as Code-Review.'),
      value: z.int().describe('The vote, exactly.'),
    })
    .optional()
    .describe('comment-added: vote that the comment must cast.'),
  branch: Re2Pattern.optional().describe(
    'RE2 pattern for the target branch, without `refs/heads/`; `refs/meta/config` for changes to it, which a trigger without this pattern never sees.',
  ),
  ref: Re2Pattern.optional().describe('ref-updated: RE2 pattern for the full name of the ref.'),
  project: Re2Pattern.optional().describe('RE2 pattern for the project.'),
});
export type PipelineTrigger = z.infer<typeof PipelineTrigger>;

/** Kinds of work by who goes first when runs wait. */
export const PRECEDENCES = ['deploy', 'gate', 'check', 'periodic'] as const;
export const Precedence = z.enum(PRECEDENCES);
export type Precedence = z.infer<typeof Precedence>;

/** RelEng's description of a pipeline: reviewed stack config, never a project's own. */
export const Pipeline = z.strictObject({
  name: PipelineName.describe('Name: projects take part with `seakeeper/<name>.yaml`.'),
  description: z.string().default('').describe('What it is for, for people.'),
  enabled: z
    .boolean()
    .default(true)
    .describe('False: written down, and nothing in the cluster knows of it; its events start nothing.'),
  manager: z
    .enum(['independent', 'dependent'])
    .default('independent')
    .describe(
      '`independent` tests each change by itself; `dependent` gates: changes are queued and tested as they would be merged.',
    ),
  trust: z
    .enum(['pre-review', 'post-review'])
    .default('pre-review')
    .describe("Whose code it runs: `pre-review` is anybody's and gets no secrets."),
  triggers: z.array(PipelineTrigger).min(1).describe('What starts it: any one of these.'),
  label: z
    .strictObject({
      name: z.string().default('Verified').describe('Label of Gerrit.'),
      success: z.int().default(1).describe('Vote when everything succeeded.'),
      failure: z.int().default(-1).describe('Vote when something failed.'),
    })
    .optional()
    .describe('What it votes. Absent: its report carries no vote.'),
  precedence: Precedence.optional().describe(
    'Whose runs go first when runs wait: `deploy`, `gate`, `check`, `periodic`, none for ever. Absent: `gate` for post-review code and dependent pipelines, `deploy` for post-review code that is started by `ref-updated` only, `check` for the rest.',
  ),
  priority: z
    .int()
    .min(0)
    .max(1000)
    .default(100)
    .describe(
      "Among waiting runs of one project and precedence, the higher goes first: a point is worth six seconds' wait.",
    ),
  pool: RunPool.optional().describe(
    "Pool its runs go to, unless the project's class says one. Absent: `gate` for post-review code, `check` for the rest.",
  ),
  timeoutSeconds: z.int().min(10).max(86_400).default(3_600).describe('Longest a run may take, in seconds.'),
});
export type Pipeline = z.infer<typeof Pipeline>;

/** The pipelines that the cluster is told of. */
export const enabledPipelines = (pipelines: readonly Pipeline[]): Pipeline[] =>
  pipelines.filter(({ enabled }) => enabled);

/** Pool a pipeline's runs go to, their project's class aside. */
export const poolOf = ({ pool, trust }: Pick<Pipeline, 'pool' | 'trust'>): RunPool =>
  pool ?? (trust === 'post-review' ? 'gate' : 'check');

/** Precedence of a pipeline's runs. Nothing but its own word makes one `periodic`, or an unreviewed one more than `check`. */
export function precedenceOf({
  precedence,
  manager,
  trust,
  triggers,
}: Pick<Pipeline, 'precedence' | 'manager' | 'trust' | 'triggers'>): Precedence {
  if (precedence !== undefined) {
    return precedence;
  }
  if (manager === 'dependent') {
    return 'gate';
  }
  if (trust === 'pre-review') {
    return 'check';
  }
  return triggers.every(({ event }) => event === 'ref-updated') ? 'deploy' : 'gate';
}

const isAhead = (precedence: Precedence | undefined): boolean => precedence === 'deploy' || precedence === 'gate';

export const Pipelines = z.array(Pipeline).superRefine((pipelines, context) => {
  const seen = new Set<string>();
  for (const [index, { name, pool, trust, manager, precedence }] of pipelines.entries()) {
    if (isAhead(precedence) && trust === 'pre-review' && manager === 'independent') {
      context.addIssue({
        code: 'custom',
        path: [index, 'precedence'],
        message: `'${precedence}' is for reviewed code, and pipeline '${name}' has trust 'pre-review'; allowed are: check, periodic`,
      });
    }
    if (pool === 'gate' && trust === 'pre-review') {
      context.addIssue({
        code: 'custom',
        path: [index, 'pool'],
        message: `'gate' is for reviewed code, and pipeline '${name}' has trust 'pre-review'; allowed are: check, heavy, security`,
      });
    }
    if (seen.has(name)) {
      context.addIssue({ code: 'custom', path: [index, 'name'], message: `pipeline '${name}' is defined twice` });
    }
    seen.add(name);
  }
});

/** Path of a pipeline's definition in `refs/meta/config`. */
export const definitionPath = (pipeline: string): string => `seakeeper/${pipeline}.yaml`;
