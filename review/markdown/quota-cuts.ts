import { describeCut, isBelowUse, type QuotaCut } from '../quota-cuts';
import { counted } from '../quoted';
import { clip, shorten } from './clip';

/**
 * Each cut of a quota: what, of how many namespaces, and which of them use more than they then may. In the short form only
 * the cuts that stay above all use: the others stand among the dangers.
 */
export function renderCuts(cuts: readonly QuotaCut[], most: number): string {
  const whole = most === Number.POSITIVE_INFINITY;
  const shown = whole ? cuts : cuts.filter((cut) => !isBelowUse(cut));
  if (shown.length === 0) return '';
  const lines = shown.map((cut) => `- ${shorten(describeCut(cut, whole ? most : undefined), whole ? most : 500)}\n`);
  return `## Quotas cut\n\n${clip(lines, most, (rest) => `- … and ${counted(rest, 'more cut')} in full.md\n`)}\n`;
}
