import type { Decision } from '../../core/decision';
import { userText } from '../shared/render-user-text';
import { cutToFit } from './render-cut';
import { resultLine } from './render-message';

const MOST_FINDINGS = 20;
const MOST = { path: 200, message: 500 };

/** The one comment that says why a pipeline's definition ran nothing. `url` is its page, which also marks it. */
export function renderRejection(
  pipeline: string,
  url: string,
  rejection: Extract<Decision, { kind: 'rejected' }>,
): string {
  const { file, definitionCommit, findings } = rejection;
  const shown = findings
    .slice(0, MOST_FINDINGS)
    .map(
      ({ path, line, column, message }) =>
        `  ${userText(path, MOST.path)}:${line}:${column}: ${userText(message, MOST.message)}`,
    );
  const hidden = findings.length - shown.length;
  return cutToFit(
    [
      'Build rejected.',
      '',
      resultLine({ pipeline, url, result: 'ERROR definition refused', seconds: 0, votes: false }),
      '',
      `Nothing ran: ${userText(file, MOST.path)} of refs/meta/config, at commit ${definitionCommit.slice(0, 12)}, was refused.`,
      'This is about the definition, not about this change:',
      '',
      ...shown,
      ...(hidden > 0 ? [`  and ${hidden} more`] : []),
    ].join('\n'),
  );
}
