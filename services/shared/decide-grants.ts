import type { Pipeline } from '../../core/pipeline';

/** Group whose members Gerrit keeps out of attention sets and serves from the batch queue; grants go to it. */
export const SERVICE_USERS = 'Service Users';

/** Lowest and highest value of a label. */
export interface VoteRange {
  readonly min: number;
  readonly max: number;
}

/** What a service must be allowed in Gerrit. */
export interface GrantNeeds {
  /** To read the event stream. */
  readonly streamEvents: boolean;
  /** To read definitions, and to be told when they change. */
  readonly readConfig: boolean;
  /** Votes it gives, by label. */
  readonly votes: Readonly<Record<string, VoteRange>>;
}

/** What Gerrit says of a label. */
export interface LabelFacts {
  /** Values that it has. */
  readonly defined: VoteRange;
  /** Votes the account may give. */
  readonly permitted: VoteRange;
}

/** What Gerrit says of the account, on the canary project. */
export interface GrantFacts {
  readonly account: string;
  readonly canaryProject: string;
  /** Names of the account's groups. */
  readonly groups: readonly string[];
  readonly streamEvents: boolean;
  readonly config: 'readable' | 'not-readable' | 'no-project';
  /** The canary's labels by name; undefined: it has no open change to learn them from. */
  readonly labels: Readonly<Record<string, LabelFacts>> | undefined;
}

/** Something that Gerrit's administrators must do before the service can do all of its work. */
export interface MissingGrant {
  readonly kind:
    | 'canary-project'
    | 'canary-change'
    | 'service-user'
    | 'stream-events'
    | 'read-config'
    | 'label'
    | 'label-votes';
  /** What does not work without it, one line. */
  readonly consequence: string;
  /** Where the cure goes: `project.config` in `refs/meta/config` of All-Projects, or a command line. */
  readonly where: 'All-Projects:project.config' | 'command line';
  /** The cure, to be copied as it is. */
  readonly lines: readonly string[];
}

/** The votes that reports of these pipelines give, by label. */
export function votesOfPipelines(pipelines: readonly Pipeline[]): Record<string, VoteRange> {
  const votes: Record<string, VoteRange> = {};
  for (const { label } of pipelines) {
    if (label !== undefined) {
      const { min, max } = votes[label.name] ?? { min: 0, max: 0 };
      votes[label.name] = {
        min: Math.min(min, label.success, label.failure),
        max: Math.max(max, label.success, label.failure),
      };
    }
  }
  return votes;
}

/** What is missing for the needs, with the exact lines that mend it; empty when all is granted. */
export function decideGrants(needs: GrantNeeds, facts: GrantFacts): MissingGrant[] {
  const { account, canaryProject } = facts;
  if (facts.config === 'no-project') {
    return [
      {
        kind: 'canary-project',
        consequence: `the grants of ${account} cannot be checked: it sees no project '${canaryProject}'`,
        where: 'command line',
        lines: [`gerrit create-project ${canaryProject} --empty-commit`],
      },
    ];
  }
  const missing: MissingGrant[] = [];
  if (!facts.groups.includes(SERVICE_USERS)) {
    missing.push({
      kind: 'service-user',
      consequence: `${account} is not in '${SERVICE_USERS}', so the grants of that group do not reach it and its reports call for attention`,
      where: 'command line',
      lines: [`gerrit set-members '${SERVICE_USERS}' --add ${account}`],
    });
  }
  if (needs.streamEvents && !facts.streamEvents) {
    missing.push(
      inConfig('stream-events', `${account} may not read the event stream, so nothing ever starts`, [
        '[capability]',
        `\tstreamEvents = group ${SERVICE_USERS}`,
      ]),
    );
  }
  if (needs.readConfig && facts.config === 'not-readable') {
    missing.push(
      inConfig(
        'read-config',
        `${account} may not read refs/meta/config (a grant on refs/* does not reach it), so every project looks as if it had no definition`,
        ['[access "refs/meta/config"]', '\texclusiveGroupPermissions = read', `\tread = group ${SERVICE_USERS}`],
      ),
    );
  }
  return [...missing, ...Object.entries(needs.votes).flatMap(([label, range]) => decideVotes(label, range, facts))];
}

function decideVotes(label: string, wanted: VoteRange, facts: GrantFacts): MissingGrant[] {
  const { account, canaryProject } = facts;
  if (facts.labels === undefined) {
    return [
      {
        kind: 'canary-change',
        consequence: `whether ${account} may vote ${label} ${showRange(wanted)} is unknown: '${canaryProject}' has no open change`,
        where: 'command line',
        lines: [`git push origin HEAD:refs/for/master%wip # a change in ${canaryProject} that stays open`],
      },
    ];
  }
  const found = facts.labels[label];
  return [
    ...(covers(found?.defined, wanted) ? [] : [labelDefinition(label, wanted, found?.defined)]),
    ...(covers(found?.permitted, wanted) ? [] : [voteGrant(account, label, wanted)]),
  ];
}

function labelDefinition(label: string, wanted: VoteRange, defined: VoteRange | undefined): MissingGrant {
  const value = (vote: number) => `\tvalue = ${showVote(vote)} ${meaning(vote)}`;
  if (defined === undefined) {
    return inConfig('label', `there is no label ${label}, so Gerrit silently drops the votes on it`, [
      `[label "${label}"]`,
      '\tfunction = NoBlock',
      ...valuesOf(wanted).map(value),
      '\tcopyCondition = changekind:NO_CODE_CHANGE',
    ]);
  }
  const lacking = valuesOf(wanted).filter((vote) => vote < defined.min || vote > defined.max);
  return inConfig(
    'label',
    `label ${label} has ${showRange(defined)} only, so Gerrit silently drops other votes on it`,
    [`[label "${label}"]`, ...lacking.map(value)],
  );
}

/** The grant without which Gerrit refuses a vote, and the message with it. `ref`: of the changes that are voted on. */
export function voteGrant(account: string, label: string, wanted: VoteRange, ref = 'refs/heads/*'): MissingGrant {
  return inConfig(
    'label-votes',
    `${account} may not vote ${label} ${showRange(wanted)} on ${ref}, so Gerrit refuses its reports`,
    [`[access "${ref}"]`, `\tlabel-${label} = ${showRange(wanted)} group ${SERVICE_USERS}`],
  );
}

/** The missing grants as text for a log or a terminal: each with its consequence and its lines. */
export function renderMissingGrants(missing: readonly MissingGrant[]): string {
  return missing
    .map(({ consequence, where, lines }) => [`${consequence}; add (${where}):`, ...lines].join('\n'))
    .join('\n');
}

function inConfig(kind: MissingGrant['kind'], consequence: string, lines: readonly string[]): MissingGrant {
  return { kind, consequence, where: 'All-Projects:project.config', lines };
}

function covers(range: VoteRange | undefined, wanted: VoteRange): boolean {
  return range !== undefined && range.min <= wanted.min && range.max >= wanted.max;
}

const valuesOf = ({ min, max }: VoteRange): number[] =>
  Array.from({ length: max - min + 1 }, (_, index) => min + index);

const showVote = (value: number): string => (value > 0 ? `+${value}` : String(value));

const showRange = ({ min, max }: VoteRange): string => `${showVote(min)}..${showVote(max)}`;

const meaning = (value: number): string => (value === 0 ? 'No score' : value > 0 ? 'Verified' : 'Fails');
