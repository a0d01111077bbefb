import { shortHash } from './base32';
import { slug } from './slug';

/** What makes one run: a repeat with the same identity meets the same name and so a 409. */
export interface RunIdentity {
  /** Gerrit server, as stack config names it. */
  readonly server: string;
  readonly project: string;
  readonly pipeline: string;
  /** Canonical key of the event. */
  readonly eventKey: string;
  /** Change number and patch set; undefined for a ref event. */
  readonly change?: { readonly number: number; readonly patchSet: number } | undefined;
  /** Ref of a ref event. */
  readonly ref?: string | undefined;
}

const HASH_LENGTH = 12;
/** A Kubernetes label value and a pod's host name hold 63 characters. */
const MAX_LENGTH = 63;

/** Hash of a run: equal for equal server, project, pipeline and event, whatever the definition says today. */
export function runHash(run: RunIdentity): string {
  return shortHash(JSON.stringify([run.server, run.project, run.pipeline, run.eventKey]), HASH_LENGTH);
}

/**
 * Name of the Workflow of a run, at most 63 characters: project slug, change or ref, patch set, pipeline, hash.
 * Holds no counter and no config revision, so a repeat of the event meets 409 even after the definition changed.
 */
export function workflowName(run: RunIdentity): string {
  const where = run.change ? `${run.change.number}-${run.change.patchSet}` : slug(run.ref ?? '', 16);
  const tail = [where, slug(run.pipeline, 16), runHash(run)].filter((part) => part !== '').join('-');
  const head = slug(run.project, Math.max(0, MAX_LENGTH - tail.length - 1));
  return head === '' ? tail : `${head}-${tail}`;
}

/**
 * Change and patch set as a run's name says them; undefined: it says none. A ref can look like them, so whoever acts on
 * them compares the run that they lead to.
 */
export function changeOfName(name: string, pipeline: string): RunIdentity['change'] {
  const [, number, patchSet] =
    new RegExp(`(?:^|-)(\\d+)-(\\d+)-${slug(pipeline, 16)}-[a-z2-7]{${HASH_LENGTH}}$`).exec(name) ?? [];
  return number === undefined || patchSet === undefined
    ? undefined
    : { number: Number(number), patchSet: Number(patchSet) };
}
