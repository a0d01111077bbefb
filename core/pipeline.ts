import { z } from 'zod';
import { triggerProblems } from './check-triggers';
import { Rejection, Requirement } from './condition';
import { DequeueTrigger, eventsOf, PipelineTrigger } from './pipeline-trigger';
import { RunPool } from './pool';

/** DNS-safe, and free of what Gerrit's result tabs and NATS subjects treat specially. */
export const PipelineName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/, 'must be 2 to 32 characters a-z, 0-9 and -, beginning with a letter');

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
    .enum(['independent', 'dependent', 'definitions'])
    .default('independent')
    .describe(
      '`independent` tests each change by itself; `dependent` gates: changes are queued and tested as they would be merged; `definitions` runs nothing: it reviews what changes to `refs/meta/config` propose to run.',
    ),
  trust: z
    .enum(['pre-review', 'post-review'])
    .default('pre-review')
    .describe("Whose code it runs: `pre-review` is anybody's and gets no secrets."),
  triggers: z.array(PipelineTrigger).min(1).describe('What starts it: any one of these.'),
  dequeue: z
    .array(DequeueTrigger)
    .min(1)
    .optional()
    .describe(
      'What takes a change out of it, any one of these: its runs here are stopped, waiting or running. A new patch set, and a change being abandoned or deleted, always do.',
    ),
  require: Requirement.optional().describe('Conditions of which all must hold, whichever trigger it is.'),
  reject: Rejection.optional().describe('Conditions of which none may hold, whichever trigger it is.'),
  label: z
    .strictObject({
      name: z.string().default('Verified').describe('Label of Gerrit.'),
      success: z.int().default(1).describe('Vote when everything succeeded.'),
      failure: z.int().default(-1).describe('Vote when something failed.'),
    })
    .optional()
    .describe('What it votes. Absent: its report carries no vote.'),
  precedence: Precedence.optional().describe(
    'Whose runs go first when runs wait: `deploy`, `gate`, `check`, `periodic`, none for ever. Absent: `gate` for post-review code and dependent pipelines, `periodic` for what only timers start, `deploy` for post-review code that is started by `ref-updated` only, `check` for the rest.',
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

/** Those of them that run Workflows, and so have a definition in each project that takes part. */
export const workflowPipelines = (pipelines: readonly Pipeline[]): Pipeline[] =>
  pipelines.filter(({ manager }) => manager !== 'definitions');

/** Pool a pipeline's runs go to, their project's class aside. */
export const poolOf = ({ pool, trust }: Pick<Pipeline, 'pool' | 'trust'>): RunPool =>
  pool ?? (trust === 'post-review' ? 'gate' : 'check');

/** Precedence of a pipeline's runs. Nothing but its own word makes an unreviewed one more than `check`. */
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
  if (triggers.every((trigger) => eventsOf(trigger).includes('timer'))) {
    return 'periodic';
  }
  if (trust === 'pre-review') {
    return 'check';
  }
  return triggers.every((trigger) => eventsOf(trigger).every((event) => event === 'ref-updated')) ? 'deploy' : 'gate';
}

const isAhead = (precedence: Precedence | undefined): boolean => precedence === 'deploy' || precedence === 'gate';

export const Pipelines = z.array(Pipeline).superRefine((pipelines, context) => {
  const seen = new Set<string>();
  for (const [index, pipeline] of pipelines.entries()) {
    const { name, pool, trust, manager, precedence } = pipeline;
    for (const { path, message } of triggerProblems(pipeline)) {
      context.addIssue({ code: 'custom', path: [index, ...path], message });
    }
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
