/** Looked up once: where globals are watched, as in tests, each use of `Math` is slow. */
const { imul } = Math;

/** Uniform draws in [0, 1) from a 32-bit seed, by the mulberry32 generator: the same on every machine. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
