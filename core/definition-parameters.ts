/**
 * Parameters every run gets. Identifiers that match a strict pattern only: Argo substitutes `{{…}}` textually, so free
 * text (subject, author, comment) never becomes one.
 */
export const PARAMETER_PATTERNS = {
  project: /^[A-Za-z0-9._/+-]{1,200}$/,
  branch: /^[A-Za-z0-9._/+-]{1,200}$/,
  ref: /^refs\/[A-Za-z0-9._/+-]{1,200}$/,
  change: /^\d{1,10}$/,
  'patch-set': /^\d{1,10}$/,
  revision: /^[0-9a-f]{40,64}$/,
  'fetch-url': /^https?:\/\/[A-Za-z0-9.:[\]-]+\/[A-Za-z0-9._/+%-]{1,250}$/,
} as const satisfies Record<string, RegExp>;

export type ParameterName = keyof typeof PARAMETER_PATTERNS;
export const PARAMETER_NAMES = Object.keys(PARAMETER_PATTERNS) as ParameterName[];
