/** What a failed command's output says is wrong, in a line, and the cure where it is a known one. */
export interface Diagnosis {
  readonly problem: string;
  readonly cure?: string;
}

const KNOWN: readonly { readonly pattern: RegExp; readonly cure: string }[] = [
  {
    pattern: /no space left on device/i,
    cure: 'free some disk space and run the same command again: it goes on where it was',
  },
  {
    pattern: /checksum mismatch|SECURITY ERROR|hash mismatch|do not match the hashes/i,
    cure: 'what was downloaded is not what is pinned: do not go on; look for a proxy that changes files, then delete the download and try again',
  },
  {
    pattern:
      /no such host|could not resolve|temporary failure (?:in name )?resol|connection refused|network is unreachable|i\/o timeout|\b(?:403|407|429|502|503)\b.*(?:forbidden|proxy|too many|bad gateway|unavailable)|could not transfer artifact|no matching distribution|unable to locate package|failed to fetch/i,
    cure: 'a package registry did not answer or refused: check the network and the proxy settings of go, pip, mvn and apt, then run the same command again: it goes on where it was',
  },
  {
    pattern: /could not get lock|unable to acquire the dpkg/i,
    cure: 'another package installation is running: wait for it and try again',
  },
  {
    pattern: /signal: killed|cannot allocate memory|out of memory/i,
    cure: 'the machine ran out of memory: 8 GiB are needed; end other programs and try again',
  },
];

/** Finds the line of a log that tells why: the last that a known cause matches, else the last non-empty one. */
export function diagnose(log: string): Diagnosis {
  const lines = log
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  for (const { pattern, cure } of KNOWN) {
    const line = lines.findLast((candidate) => pattern.test(candidate));
    if (line !== undefined) return { problem: shorten(line), cure };
  }
  return { problem: shorten(lines.at(-1) ?? 'it printed nothing') };
}

function shorten(line: string): string {
  return line.length > 300 ? `${line.slice(0, 297)}...` : line;
}
