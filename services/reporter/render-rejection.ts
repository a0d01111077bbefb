import type { Decision } from '../../core/decision';
import { userText } from '../shared/render-user-text';
import { cutToFit } from './render-cut';
import { renderFindings } from './render-findings';
import { resultLine } from './render-message';

const MOST_PATH = 200;

/** The one comment that says why a pipeline's definition ran nothing. `url` is its page, which also marks it. */
export function renderRejection(
  pipeline: string,
  url: string,
  rejection: Extract<Decision, { kind: 'rejected' }>,
): string {
  const { file, definitionCommit, findings } = rejection;
  return cutToFit(
    [
      'Build rejected.',
      '',
      resultLine({ pipeline, url, result: 'ERROR definition refused', seconds: 0, votes: false }),
      '',
      `Nothing ran: ${userText(file, MOST_PATH)} of refs/meta/config, at commit ${definitionCommit.slice(0, 12)}, was refused.`,
      'This is about the definition, not about this change:',
      '',
      ...renderFindings(findings),
    ].join('\n'),
  );
}
