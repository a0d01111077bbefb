/** A scenario too long for `npm test`, which runs it in a small form. */
export interface LongTest {
  /** What it shows. */
  readonly says: string;
  /** Its test file, from the project's folder. */
  readonly file: string;
}

/** Every long scenario, by the name people give. */
export const LONG_TESTS: Readonly<Record<string, LongTest>> = {
  crashes: {
    says: 'kill -9 of gateway, trigger, reporter and bus, each in turn, while changes are pushed',
    file: 'test/e2e/system/zz-crashes.test.ts',
  },
  'event-path': {
    says: '10,000 schedules of crashes, losses, repeats and reordering on the way from an event to its vote, in virtual time',
    file: 'test/scenarios/event-path/event-path.test.ts',
  },
  faults: {
    says: '2,000 changes while a random part of the event path, Gerrit or the API server is killed, frozen or cut off every 5 s',
    file: 'test/e2e/system/zz-faults.test.ts',
  },
  provision: {
    says: '10,000 projects on a control plane of its own: from nothing, resync, drift, leader killed and stopped, retirement',
    file: 'test/e2e/services/provisioner/scale.test.ts',
  },
};

/** Renders the names and what they show. */
export function renderLongTests(tests: Readonly<Record<string, LongTest>> = LONG_TESTS): string {
  const width = Math.max(...Object.keys(tests).map((name) => name.length));
  return Object.entries(tests)
    .map(([name, { says }]) => `${name.padEnd(width)}  ${says}\n`)
    .join('');
}
