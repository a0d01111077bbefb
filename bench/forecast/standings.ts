import type { Score } from './contest';

/** One contestant over all series. */
export interface Standing {
  readonly model: string;
  /** Means over series, each counting the same. */
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
  /** P90 loss of all series taken as one, so that busy ones count more. */
  readonly pooled: number;
  readonly coverage: number;
  readonly slowest: number;
  readonly failures: number;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Standings by model, ours first. */
export function standingsOf(scores: readonly Score[]): Standing[] {
  const models = [...new Set(scores.map(({ model }) => model))].sort(
    (a, b) => Number(b === 'ours') - Number(a === 'ours'),
  );
  return models.map((model) =>
    standingOf(
      model,
      scores.filter((score) => score.model === model),
    ),
  );
}

function standingOf(model: string, scores: readonly Score[]): Standing {
  return {
    model,
    p10: mean(scores.map(({ wql10 }) => wql10)),
    p50: mean(scores.map(({ wql50 }) => wql50)),
    p90: mean(scores.map(({ wql90 }) => wql90)),
    pooled: mean(scores.map(({ wql90, total }) => wql90 * total)) / mean(scores.map(({ total }) => total)),
    coverage: mean(scores.map(({ coverage90 }) => coverage90)),
    slowest: Math.max(...scores.map(({ seconds }) => seconds)),
    failures: scores.reduce((sum, { failures }) => sum + failures, 0),
  };
}

/** The best standing but the first, which is ours, by a figure of which less is better. Throws when there is no peer. */
export function bestPeer([, ...peers]: readonly Standing[], of: (standing: Standing) => number): Standing {
  return peers.reduce((best, peer) => (of(peer) < of(best) ? peer : best));
}
