import type { Explanation, Refusal } from './decide-explanation';

/** They stand in the ledger and are shown as text. */
const MOST_LINES = 10;
const MOST_CHARACTERS = 300;

/**
 * Why an event does not start a pipeline, one line a condition that said no, with its place in stack config, such as
 * `branch is 'stable', wanted RE2 '^main$' (pipelines.check.triggers[0].branch)`; none where it does, or may. Triggers for
 * other kinds of events are passed over where one is for this kind.
 */
export function renderObjections({ answer, refusal, triggers }: Explanation): string[] {
  if (answer !== 'no') {
    return [];
  }
  const refusals = triggers.filter((said) => said !== undefined);
  const isByTriggers = refusals.length === triggers.length;
  const said = [...(isByTriggers ? ofThisKind(refusals) : []), ...(refusal === undefined ? [] : [refusal])];
  const lines = said.map(renderRefusal);
  const more = lines.length - MOST_LINES;
  return more > 0 ? [...lines.slice(0, MOST_LINES - 1), `and ${more + 1} more`] : lines;
}

function ofThisKind(refusals: readonly Refusal[]): readonly Refusal[] {
  const found = refusals.filter(({ path }) => nameOf(path) !== 'event');
  return found.length > 0 ? found : refusals;
}

function renderRefusal({ path, seen, wanted }: Refusal): string {
  const place = ` (${path})`;
  const words = `${nameOf(path)} ${seen === undefined ? 'does not fit' : `is ${seen}`}, wanted ${wanted}`;
  const most = MOST_CHARACTERS - place.length;
  return (words.length > most ? `${words.slice(0, Math.max(0, most - 1))}…` : words) + place;
}

/** Name of the condition at a place: `approval` of `pipelines.check.require.approval[1]`. */
const nameOf = (path: string): string => /([^.]*?)(?:\[\d+\])?$/.exec(path)?.[1] ?? path;
