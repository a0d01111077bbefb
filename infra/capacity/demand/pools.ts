import type { Warning } from '../builds/types';

/** More are names of machines, or of something else that is no pool. */
const MOST_POOLS = 64;
const OTHERS = '(other pools)';

/** Pools by the order in which they are met. */
export class Pools {
  readonly #index = new Map<string, number>();
  readonly #names: string[] = [];
  #unnamed = 0;
  #other = 0;

  get names(): readonly string[] {
    return this.#names;
  }

  /** Index of a pool's series; one beyond every other for builds that say none. */
  indexOf(pool: string | undefined): number {
    if (pool === undefined) {
      this.#unnamed += 1;
      return NO_POOL;
    }
    const known = this.#index.get(pool);
    if (known !== undefined) return known;
    if (this.#names.length < MOST_POOLS) {
      this.#index.set(pool, this.#names.length);
      return this.#names.push(pool) - 1;
    }
    this.#other += 1;
    this.#names[MOST_POOLS] = OTHERS;
    return MOST_POOLS;
  }

  warnings(): readonly Warning[] {
    return [
      ...(this.#other > 0
        ? [
            {
              code: 'too-many-pools',
              message: `there are more than ${MOST_POOLS} pools: ${this.#other} builds of later ones are shown together as '${OTHERS}'; is the column that of pools, and not of machines?`,
            } as const,
          ]
        : []),
      ...(this.#unnamed > 0 && this.#names.length > 0
        ? [
            {
              code: 'missing-pool',
              message: `${this.#unnamed} builds say no pool: they are in the whole and in no pool`,
            } as const,
          ]
        : []),
    ];
  }
}

/** Beyond every series, and small enough for a column of 32 bits. */
const NO_POOL = 2 ** 31;
