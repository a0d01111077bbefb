import { shortHash } from './base32';

/** A run by where its Workflow is: enough to find the Workflow with one GET, and its logs after the Workflow is gone. */
export interface RunAddress {
  readonly pipeline: string;
  readonly namespace: string;
  /** Name of the Workflow; it ends in the run's hash. */
  readonly workflow: string;
}

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Path of a run's page, `/job/<pipeline>/<namespace>.<workflow>`: the form in which Wikimedia's result tab finds the
 * name of the job. Neither part holds a dot, so the last segment reads back one way only.
 */
export function runPath({ pipeline, namespace, workflow }: RunAddress): string {
  return `/job/${pipeline}/${namespace}.${workflow}`;
}

/** The run a page's last two segments name; undefined when they cannot name one. */
export function parseRunPath(pipeline: string, token: string): RunAddress | undefined {
  const [namespace = '', workflow = '', ...more] = token.split('.');
  const isAddress = more.length === 0 && [pipeline, namespace, workflow].every((part) => DNS_LABEL.test(part));
  return isAddress ? { pipeline, namespace, workflow } : undefined;
}

/** Path of the page that says why a definition ran nothing. Also what marks its one comment on a change. */
export function rejectionPath(pipeline: string, definitionCommit: string): string {
  return `/job/${pipeline}/definition-${definitionCommit.slice(0, 12)}`;
}

/** The (shortened) commit of a rejection page's last segment; undefined when it is not one. */
export function parseRejectionPath(token: string): string | undefined {
  return /^definition-([0-9a-f]{7,12})$/.exec(token)?.[1];
}

/** Path of the page that says why a change, or one patch set of it, ran what it ran. */
export function whyPath(change: number | string, patchSet?: number | string): string {
  return patchSet === undefined ? `/why/${change}` : `/why/${change}/${patchSet}`;
}

/** Gerrit counts changes from 1 and within 31 bits. */
const NUMBER = /^[1-9]\d{0,9}$/;

/** The number of a change or patch set; undefined when the text is none. */
export function parseNumber(text: string): number | undefined {
  const number = NUMBER.test(text) ? Number(text) : undefined;
  return number !== undefined && number < 2 ** 31 ? number : undefined;
}

/**
 * Path of a patch set's page with the event in it for which its definitions were reviewed. Also what marks that review in
 * Gerrit.
 */
export function reviewPath(change: number, patchSet: number, eventKey: string): string {
  return `${whyPath(change, patchSet)}#${shortHash(eventKey, 12)}`;
}
