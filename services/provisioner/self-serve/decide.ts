import type { Finding } from '../../../core/decision';
import { PARAMETER_PATTERNS } from '../../../core/definition-parameters';
import { ProjectOrigin } from '../../../core/project';

const DAY_MS = 86_400_000;
/** A project that Gerrit does not show for so long is gone: a grant that somebody took away by mistake is back by then. */
export const GONE_AFTER_MS = DAY_MS;
/** Hold Gerrit's own settings and accounts, no code; patch sets of the second are nobody's business. */
const GERRITS_OWN: readonly string[] = ['All-Projects', 'All-Users'];

/** A pipeline's definition in `refs/meta/config`; no findings: it is valid. */
export interface FoundDefinition {
  readonly pipeline: string;
  readonly findings: readonly Finding[];
}

/** What Gerrit says of a project now. */
export type GerritNow =
  | {
      readonly kind: 'there';
      readonly state: 'ACTIVE' | 'READ_ONLY' | 'HIDDEN';
      /** Tip of `refs/meta/config`; undefined: there is none, or the project is hidden. */
      readonly commit: string | undefined;
      readonly definitions: readonly FoundDefinition[];
      /** Whether anybody may read its code without an account. */
      readonly public: boolean;
    }
  /** We may not read `refs/meta/config`, so nothing is known of definitions. */
  | { readonly kind: 'unreadable'; readonly why: string }
  /** Gerrit knows no such project, or shows nothing of it to us, for so long by our watch. */
  | { readonly kind: 'gone'; readonly forMs: number };

/** The `Project` object of a Gerrit project, as far as it matters here. */
export interface ProjectNow {
  readonly gerritName: string;
  readonly origin: string | undefined;
  readonly visibility: 'public' | 'private';
  /** What its status says we found. */
  readonly found: { readonly commit: string; readonly pipelines: readonly string[] } | undefined;
}

/** What we noted when we gave the project its `Project`, which outlives it. */
export interface ServedRecord {
  /** Commit of `refs/meta/config` it was last served at. */
  readonly commit: string;
  /** Who brought the definition. */
  readonly by: string;
  /** When the Project was made. ISO 8601. */
  readonly at: string;
  /** We took it back ourselves, so it may return. */
  readonly ended?: boolean;
}

export interface Facts {
  readonly name: string;
  readonly gerrit: GerritNow;
  readonly project: ProjectNow | undefined;
  readonly record: ServedRecord | undefined;
  readonly enabled: boolean;
  /** Pattern of the deny list that matches. */
  readonly deniedBy: string | undefined;
  /** Projects and retiring namespaces there are, without this project's own, and the most there may be. */
  readonly budget: { readonly used: number; readonly most: number };
  /** Times (milliseconds since 1970) at which the same person was served in the last day, and the most there may be. */
  readonly rate: { readonly served: readonly number[]; readonly most: number };
}

export type RefusalReason = 'invalid-definition' | 'denied' | 'unsafe-name' | 'no-room' | 'too-many-of-one-person';

/** Why a project gets no namespace, for whoever pushed the definition. */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly commit: string;
  readonly findings?: readonly Finding[];
  /** Pattern, or a number, that the reason speaks of. */
  readonly limit?: string;
  /** When it is looked at again by itself; undefined: when the definition changes. Milliseconds since 1970. */
  readonly againAt?: number;
}

export type SelfServeDecision =
  | { readonly kind: 'nothing'; readonly why: string }
  | {
      readonly kind: 'create';
      readonly commit: string;
      readonly pipelines: readonly string[];
      readonly visibility: 'public' | 'private';
    }
  /** `visibility` only where it changes, and only of a Project of ours. */
  | {
      readonly kind: 'update';
      readonly commit: string;
      readonly pipelines: readonly string[];
      readonly visibility?: 'public' | 'private';
    }
  | { readonly kind: 'retire'; readonly why: 'archived' | 'hidden' | 'no-definition' | 'gone' }
  | { readonly kind: 'refuse'; readonly refusal: Refusal };

/**
 * What is to be done about one Gerrit project. It may be asked as often as anybody likes: the answer depends on the
 * facts alone. Only a Project of origin `self-serve` is ever retired or given another spec, and nothing unreadable is.
 */
export function decide(facts: Facts): SelfServeDecision {
  const { gerrit, project, name } = facts;
  if (project !== undefined && project.gerritName !== name) {
    return nothing('its name is taken by the Project of another');
  }
  const ours = project?.origin === ProjectOrigin.selfServe;
  switch (gerrit.kind) {
    case 'unreadable':
      return nothing(gerrit.why);
    case 'gone':
      return ours && gerrit.forMs >= GONE_AFTER_MS
        ? { kind: 'retire', why: 'gone' }
        : nothing('Gerrit does not show the project');
    case 'there':
      return project === undefined ? decideNew(facts, gerrit) : decideKnown(project, ours, gerrit);
  }
}

type Present = Extract<GerritNow, { kind: 'there' }>;

function decideKnown(project: ProjectNow, ours: boolean, gerrit: Present): SelfServeDecision {
  const { state, commit, definitions } = gerrit;
  if (ours && state !== 'ACTIVE') {
    return { kind: 'retire', why: state === 'HIDDEN' ? 'hidden' : 'archived' };
  }
  if (ours && definitions.length === 0) {
    return { kind: 'retire', why: 'no-definition' };
  }
  if (commit === undefined) {
    return nothing('there is no refs/meta/config');
  }
  const visibility = gerrit.public ? 'public' : 'private';
  const pipelines = definitions.map(({ pipeline }) => pipeline).sort();
  const isKnown = project.found?.commit === commit && project.found.pipelines.join() === pipelines.join();
  if (ours && project.visibility !== visibility) {
    return { kind: 'update', commit, pipelines, visibility };
  }
  return isKnown ? nothing('it is as it should be') : { kind: 'update', commit, pipelines };
}

function decideNew({ name, record, enabled, ...facts }: Facts, gerrit: Present): SelfServeDecision {
  const { commit, definitions } = gerrit;
  if (!enabled || commit === undefined || gerrit.state !== 'ACTIVE' || definitions.length === 0) {
    return nothing('it asks for nothing');
  }
  const refuse = (reason: RefusalReason, more: Omit<Refusal, 'reason' | 'commit'> = {}): SelfServeDecision => ({
    kind: 'refuse',
    refusal: { reason, commit, ...more },
  });
  if (GERRITS_OWN.includes(name)) {
    return refuse('denied', { limit: name });
  }
  if (facts.deniedBy !== undefined) {
    return refuse('denied', { limit: facts.deniedBy });
  }
  if (!PARAMETER_PATTERNS.project.test(name)) {
    return refuse('unsafe-name', { limit: PARAMETER_PATTERNS.project.source });
  }
  if (definitions.every(({ findings }) => findings.length > 0)) {
    return refuse('invalid-definition', { findings: definitions.flatMap(({ findings }) => findings) });
  }
  if (record?.commit === commit && record.ended !== true) {
    return nothing('somebody deleted its Project, and the definition has not changed since');
  }
  if (facts.budget.used >= facts.budget.most) {
    return refuse('no-room', { limit: String(facts.budget.most) });
  }
  const { served, most } = facts.rate;
  if (served.length >= most) {
    // The moment at which so many fall out of the day that there is room for one.
    const decisive = [...served].sort((a, b) => a - b)[served.length - most] ?? 0;
    return refuse('too-many-of-one-person', { limit: String(most), againAt: decisive + DAY_MS });
  }
  const pipelines = definitions.map(({ pipeline }) => pipeline).sort();
  return { kind: 'create', commit, pipelines, visibility: gerrit.public ? 'public' : 'private' };
}

const nothing = (why: string): SelfServeDecision => ({ kind: 'nothing', why });
