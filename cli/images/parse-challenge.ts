/** How a registry wants callers to prove themselves. */
export interface Challenge {
  /** In lower case: `bearer` or `basic`. */
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Reads a WWW-Authenticate header with one challenge; undefined when there is none. Pure. */
export function parseChallenge(header: string | null): Challenge | undefined {
  const match = /^\s*([A-Za-z]+)(?:\s+(.*))?$/s.exec(header ?? '');
  if (match === null) return undefined;
  const pairs = [...(match[2] ?? '').matchAll(/([A-Za-z_]+)\s*=\s*(?:"([^"]*)"|([^\s,]+))/g)];
  return {
    scheme: (match[1] ?? '').toLowerCase(),
    parameters: Object.fromEntries(
      pairs.map(([, key, quoted, bare]) => [(key ?? '').toLowerCase(), quoted ?? bare ?? '']),
    ),
  };
}
