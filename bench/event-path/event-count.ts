import { countFrom } from '../count-from-environment';

const EVENTS = { name: 'SEAKEEPER_EVENTS', least: 40, most: 10_000_000 };

/** Events of a measurement: `SEAKEEPER_EVENTS`, or as many as it has by itself. Throws when that is no number. */
export const eventCount = (byDefault: number, text?: string): number => countFrom(EVENTS, byDefault, text);
