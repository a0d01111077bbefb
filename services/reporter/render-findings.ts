import type { Finding } from '../../core/decision';
import { userText } from '../shared/render-user-text';

const MOST_FINDINGS = 20;
const MOST = { path: 200, message: 500 };

/** Findings on a definition as indented lines, the first ones; what it says is safe in a message. */
export function renderFindings(findings: readonly Finding[]): string[] {
  const shown = findings
    .slice(0, MOST_FINDINGS)
    .map(
      ({ path, line, column, message }) =>
        `  ${userText(path, MOST.path)}:${line}:${column}: ${userText(message, MOST.message)}`,
    );
  const hidden = findings.length - shown.length;
  return hidden > 0 ? [...shown, `  and ${hidden} more`] : shown;
}
