import type { Answer } from './model-answer';
import type { Subject } from './model-facts';
import type { Reader } from './model-reading';

/** Something that must hold. */
export interface Condition {
  /** Where it stands in the configuration: `pipelines.check.triggers[0].branch`. */
  readonly path: string;
  /** What must be seen, for people. */
  readonly wanted: string;
  readonly test: (subject: Subject) => Answer;
}

/** A condition without its place. */
export type Test = Omit<Condition, 'path'>;

/** Tests what a reader finds, once it is found. */
export const onFound =
  <Value>(reader: Reader<Value>, test: (found: readonly Value[], subject: Subject) => Answer) =>
  (subject: Subject): Answer => {
    const reading = reader(subject);
    return 'needs' in reading ? { kind: 'unknown', needs: reading.needs } : test(reading.found, subject);
  };

const MOST_SHOWN = 3;
const MOST_CHARACTERS = 80;

/** Texts for people: few, short, each on one line. */
export function showTexts(texts: readonly string[]): string {
  if (texts.length === 0) return 'nothing';
  const shown = texts.slice(0, MOST_SHOWN).map((text) => {
    const line = text.replace(/\s+/g, ' ').trim();
    return `'${line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)}…` : line}'`;
  });
  const more = texts.length - shown.length;
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more`;
}
