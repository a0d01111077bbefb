import type { Decision, Finding } from '../../core/decision';
import type { InlineComment } from '../../core/inline-comment';
import { userText } from '../shared/render-user-text';
import { cutToFit } from './render-cut';
import { renderFindings } from './render-findings';
import { resultLine } from './render-message';

const MOST = { line: 1_000, message: 600 };
const INDENT = '  ';

export interface ReviewMessageFacts {
  readonly pipeline: string;
  /** Page of the patch set, which also marks the review. */
  readonly url: string;
  readonly votes: boolean;
  readonly review: Extract<Decision, { kind: 'reviewed' }>;
}

/** The one message that says what the definitions proposed by a patch set would come to. Result tabs read its head. */
export function renderReview({ pipeline, url, votes, review }: ReviewMessageFacts): string {
  const { definitionCommit, findings, summary } = review;
  const isValid = findings.length === 0;
  const against = definitionCommit === undefined ? '' : `, compared with ${definitionCommit.slice(0, 12)}`;
  return cutToFit(
    [
      `Build ${isValid ? 'succeeded' : 'failed'}.`,
      '',
      resultLine({ pipeline, url, result: isValid ? 'SUCCESS' : 'FAILURE', seconds: 0, votes }),
      '',
      isValid
        ? `The definitions that this change proposes are valid${against}. None was run: they count once they are merged.`
        : `Of the definitions that this change proposes, not all would be taken${against}. None was run.`,
      ...(isValid ? [] : ['', ...renderFindings(findings)]),
      '',
      ...summary.map((line) => (line.startsWith(INDENT) ? INDENT : '') + userText(line, MOST.line)),
      '',
      'Looked at: files in seakeeper/, and nothing else of the change.',
    ].join('\n'),
  );
}

/** Findings as comments in the files, each to be answered. */
export const inlineComments = (findings: readonly Finding[]): InlineComment[] =>
  findings.map(({ path, line, column, message }) => ({
    path,
    line,
    message: `${userText(message, MOST.message)} (column ${column})`,
    unresolved: true,
  }));
