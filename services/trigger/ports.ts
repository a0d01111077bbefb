import type { Decision, Finding, WorkflowReference } from '../../core/decision';
import type { GerritEvent } from '../../core/gerrit-event';
import type { Result } from '../../core/result';
import type { SanitizedDefinition } from '../shared/definition/sanitize-definition';
import type { GerritFacts, Need } from '../shared/filter/model-facts';
import type { StoredEvent } from '../shared/ledger-client';
import type { ChangeNow, DefinitionNow, ProjectNow, StopOlder } from './decide';
import type { WorkflowIdentity } from './render-identity';
import type { WorkflowManifest } from './render-workflow';

/** An (event, pipeline) to decide on. */
export interface Pair {
  readonly key: string;
  readonly pipeline: string;
  /** As the message says; believed only when the ledger's event agrees. */
  readonly project: string;
}

/** The gateway's ledger. */
export interface Ledger {
  findEvent(key: string): Promise<StoredEvent | undefined>;
  putReceipt(key: string, pipeline: string): Promise<'received' | 'decided' | 'unknown'>;
  putDecision(key: string, pipeline: string, decision: Decision): Promise<'recorded' | 'another-stands' | 'unknown'>;
}

/** Gerrit's changes as they are now. */
export interface Changes {
  /** Undefined when there is none that we may see. */
  find(project: string, change: number): Promise<ChangeNow | undefined>;
}

/** What filters need to know of Gerrit besides the change itself. */
export interface FilterFacts {
  /** All that is needed; rejects when Gerrit does not say some of it. */
  find(event: GerritEvent, needs: readonly Need[]): Promise<GerritFacts>;
}

/** Definitions at the tip of `refs/meta/config`, which is read for every call. */
export interface Definitions {
  find(project: string, pipeline: string): Promise<DefinitionNow>;
}

/** What a definition's file says at a commit. */
export type DefinitionText = Result<SanitizedDefinition, Finding[]> | 'no-file';

/** Definitions at any commit that we may read, those of a change among them. */
export interface DefinitionTexts {
  /** Rejects with `TransientError` when the commit is not there for us. */
  at(project: string, commit: string, path: string): Promise<DefinitionText>;
}

/** `Project` objects as they are now. */
export interface Projects {
  find(project: string): Promise<ProjectNow>;
}

export type CreateOutcome =
  /** `repeated`: it was there already, and is what we would have made. */
  | { readonly kind: 'created' | 'repeated'; readonly workflow: WorkflowReference; readonly createdAt: string }
  /** Somebody else's Workflow has the name. */
  | { readonly kind: 'foreign'; readonly reason: string }
  /** A quota is used up, a grant or the namespace is missing: later it may do. */
  | { readonly kind: 'not-now'; readonly reason: string }
  /** Admission or validation refuses it; trying again changes nothing. */
  | { readonly kind: 'refused'; readonly reason: string };

/** A run that was made, and the commit of its definition. */
export interface MadeRun {
  readonly workflow: WorkflowReference;
  readonly definitionCommit: string;
}

/** Workflows in the cluster. */
export interface Workflows {
  create(manifest: WorkflowManifest): Promise<CreateOutcome>;
  /** The run of ours that has this identity, as it was made; undefined when there is none. */
  find(namespace: string, identity: WorkflowIdentity): Promise<MadeRun | undefined>;
  /** Stops one run; one that is gone or was replaced is left alone. */
  terminate(workflow: WorkflowReference): Promise<void>;
  /** Stops runs that `by` replaces; without `by`, all that `older` names. Resolves to the names of what was stopped. */
  stop(older: StopOlder, by: StoppedBy | undefined): Promise<readonly string[]>;
}

/** The run in whose favour others are stopped. */
export interface StoppedBy {
  readonly name: string;
  /** Of the same patch set, only runs created before this time are stopped; undefined: all others. ISO 8601. */
  readonly onlyBefore: string | undefined;
}
