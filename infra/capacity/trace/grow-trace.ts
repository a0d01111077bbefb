import type { BuildTrace } from '../simulation/types';

/** Copies come this much earlier or later at most: the same time of day, and not the same moment. */
const SPREAD_SECONDS = 1800;

/**
 * A trace with so many times the builds: each is kept, and copied as often as growth asks for, some minutes off. Its
 * pattern over days and hours stays. The same trace and factor give the same builds.
 *
 * @param factor at least 1
 */
export function growTrace(trace: BuildTrace, factor: number): BuildTrace {
  const random = mulberry32(1);
  const source: number[] = [];
  const arrival: number[] = [];
  trace.arrival.forEach((time, build) => {
    const copies = Math.floor(factor) + (random() < factor % 1 ? 1 : 0);
    for (let copy = 0; copy < Math.max(1, copies); copy += 1) {
      source.push(build);
      arrival.push(copy === 0 ? time : Math.max(0, time + (random() * 2 - 1) * SPREAD_SECONDS));
    }
  });
  const order = Uint32Array.from(arrival, (_, at) => at);
  order.sort((a, b) => (arrival[a] ?? 0) - (arrival[b] ?? 0) || a - b);
  const from = (at: number) => source[at] ?? 0;
  return {
    ...trace,
    arrival: Float64Array.from(order, (at) => arrival[at] ?? 0),
    duration: Float64Array.from(order, (at) => trace.duration[from(at)] ?? 0),
    shape: Uint16Array.from(order, (at) => trace.shape[from(at)] ?? 0),
    group: Uint16Array.from(order, (at) => trace.group[from(at)] ?? 0),
  };
}

/** Uniform draws in [0, 1) from a seed: which builds are copied is no matter, that they are the same ones is. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
