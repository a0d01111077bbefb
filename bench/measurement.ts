/** One figure beside its peer's, from the same run. Printed as one JSON object a line. */
export interface Measurement {
  /** Name of the benchmark; a percentile or variant is a suffix: `event-to-workflow.p50`. */
  readonly name: string;
  readonly value: number;
  readonly unit:
    | 'µs'
    | 'ms'
    | 's'
    | 'wQL'
    | 'share'
    | 'MiB'
    | 'exponent'
    | 'objects'
    | 'rows/s'
    | 'objects/s'
    | 'events/s'
    | 'Workflows/s';
  /** What was run beside it. */
  readonly peer: string;
  readonly peerValue: number;
  /** value ÷ peerValue. */
  readonly ratio: number;
}

/** Something `npm run measure` can measure. */
export interface Benchmark {
  /** Names it can print, each with what it says. */
  readonly names: Readonly<Record<string, string>>;
  /** Runs ours and the peer alternately and resolves to the figures of all its names. */
  readonly run: (progress: (line: string) => void) => Promise<readonly Measurement[]>;
}

/**
 * The `fraction` quantile (0 to 1) of a sample by the nearest-rank rule. Throws when the sample is empty.
 */
export function quantile(sample: readonly number[], fraction: number): number {
  const sorted = [...sample].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)];
  if (value === undefined) {
    throw new Error('sample is empty, allowed is at least one value; measure first');
  }
  return value;
}

const round = (value: number): number => Number(value.toPrecision(4));

/** A measurement from two samples at a quantile. */
export function compare(
  what: Pick<Measurement, 'name' | 'unit' | 'peer'>,
  samples: { ours: readonly number[]; peer: readonly number[] },
  fraction: number,
): Measurement {
  const value = quantile(samples.ours, fraction);
  const peerValue = quantile(samples.peer, fraction);
  return { ...what, value: round(value), peerValue: round(peerValue), ratio: round(value / peerValue) };
}
