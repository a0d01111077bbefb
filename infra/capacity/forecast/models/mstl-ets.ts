import { readFileSync } from 'node:fs';
import { initSync, MSTL } from '@bsull/augurs/mstl';
import { type Model, WEEK } from './model';

/** Thin adapter of `@bsull/augurs`: loads its WebAssembly from the package itself, once, on first use. */
let loaded = false;
function load(): void {
  if (!loaded) {
    initSync({ module: readFileSync(require.resolve('@bsull/augurs/mstl').replace(/\.js$/, '_bg.wasm')) });
    loaded = true;
  }
}

/** A point forecast and the bounds of its central 80 %. */
export interface Band {
  readonly lower: readonly number[];
  readonly point: readonly number[];
  readonly upper: readonly number[];
}

/**
 * Exponential smoothing (ETS, chosen automatically) of the series less its weekly season (MSTL), and the season put
 * back, with the library's own 80 % interval. Throws when the library finds no model.
 */
export function predictMstlEts(values: readonly number[], horizon: number): Band {
  load();
  const model = MSTL.ets([WEEK]);
  try {
    model.fit(Float64Array.from(values));
    const { point, intervals } = model.predict(horizon, 0.8);
    return { point, lower: intervals?.lower ?? [], upper: intervals?.upper ?? [] };
  } finally {
    model.free();
  }
}

/** The point forecast of `predictMstlEts`. */
export const mstlEts: Model = {
  name: 'MSTL with exponential smoothing (@bsull/augurs)',
  leastValues: 3 * WEEK,
  predict: (values, horizon) => [...predictMstlEts(values, horizon).point],
};
