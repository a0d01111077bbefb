import { Limit } from './limits';
import type { Rule } from './policy';

/** Rules that several fields share. */
export const Rules = {
  dnsLabel: {
    kind: 'pattern',
    pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$',
    means: '1 to 63 characters a-z, 0-9 and -, beginning and ending with a letter or digit',
  },
  /** Names of templates, steps, parameters and artifacts, as Argo itself checks them. */
  argoName: {
    kind: 'pattern',
    pattern: '^[A-Za-z0-9_][A-Za-z0-9_-]{0,127}$',
    means: '1 to 128 characters A-Z, a-z, 0-9, _ and -, not beginning with -',
  },
  /** A path inside a container that is not the executor's or the kernel's. */
  containerPath: {
    kind: 'pattern',
    // RE2, which the API server reads it with, counts to 1,000.
    pattern: '^/[^\\x00]{1,999}$',
    means: 'an absolute path',
  },
  outsideArgo: {
    kind: 'not-pattern',
    pattern: '(^|/)\\.\\.(/|$)|//|^/(var/run|run)/(argo|secrets)(/|$)|^/argo(/|$)|^/(proc|sys|dev)(/|$)|^/$',
    means: 'without .. or //, and not under /var/run/argo, /var/run/secrets, /argo, /proc, /sys or /dev',
  },
  relativePath: {
    kind: 'not-pattern',
    pattern: '^/|(^|/)\\.\\.(/|$)',
    means: 'a relative path without ..',
  },
  duration: {
    kind: 'pattern',
    pattern: '^([0-9]{1,6}|([0-9]{1,5}(s|m|h))+)$',
    means: 'seconds, or a duration such as 90s or 1h30m',
  },
  nonRoot: { kind: 'range', min: 1, max: 2_147_483_647 },
  seconds: { kind: 'range', min: 1, max: Limit.seconds },
  text: { kind: 'max-bytes', max: Limit.textBytes },
  expression: { kind: 'max-bytes', max: Limit.expressionBytes },
  condition: { kind: 'max-bytes', max: Limit.conditionBytes },
} as const satisfies Record<string, Rule>;

/** Kubernetes quantities that we take: no sign, no exponent. */
export const QUANTITY_PATTERN = '^([0-9]{1,15}(?:\\.[0-9]{1,9})?)([numkMGTP]|[KMGTP]i)?$';

/** A reference as Argo substitutes it: `{{` name `}}`. */
export const REFERENCE_PATTERN = '\\{\\{\\s*[A-Za-z][A-Za-z0-9_./-]*\\s*\\}\\}';

export const only = (...values: (string | number | boolean)[]): Rule => ({ kind: 'one-of', values });
export const atMost = (max: number): Rule => ({ kind: 'max-items', max });
export const between = (min: number, max: number): Rule => ({ kind: 'range', min, max });
