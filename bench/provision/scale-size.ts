import { countFrom } from '../count-from-environment';

const PROJECTS = { name: 'SEAKEEPER_PROJECTS', least: 2, most: 10_000 };

/** Projects of a scale measurement: `SEAKEEPER_PROJECTS`, or as many as it has by itself. Throws when that is no number. */
export const scaleSize = (byDefault: number, text?: string): number => countFrom(PROJECTS, byDefault, text);
