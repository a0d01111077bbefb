/** One side of a comparison: resolves to what it took, in the benchmark's unit. */
export type Side = () => Promise<number>;

/** Runs both sides in turn, so that what else the machine does weighs on both alike; ours last, for what it leaves. */
export async function alternate(
  times: number,
  sides: { readonly ours: Side; readonly peer: Side },
  progress: (line: string) => void,
): Promise<{ ours: number[]; peer: number[] }> {
  const samples: { ours: number[]; peer: number[] } = { ours: [], peer: [] };
  for (let turn = 1; turn <= times; turn++) {
    for (const side of ['peer', 'ours'] as const) {
      const value = await sides[side]();
      samples[side].push(value);
      progress(`${side} ${turn}/${times}: ${value.toFixed(2)}`);
    }
  }
  return samples;
}
