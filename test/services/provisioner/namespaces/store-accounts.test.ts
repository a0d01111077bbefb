import { namespaceForProject, projectObjectName } from '../../../../core/project-name';
import { ProjectTable } from '../../../../services/provisioner/namespaces/project-table';
import { StoreAccounts, type StoreAccountsOptions } from '../../../../services/provisioner/namespaces/store-accounts';
import { createLogger } from '../../../../services/shared/log';
import { project, space } from './situation';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

const NAMES = Array.from({ length: 60 }, (_, index) => `project-${index}`);

let there: Set<string>;
let checked: string[];
let isComplete: boolean;
let table: ProjectTable;
let accounts: StoreAccounts;

beforeEach(() => {
  jest.useFakeTimers({ now: 0 });
  there = new Set(NAMES.map(namespaceForProject));
  checked = [];
  isComplete = true;
  table = new ProjectTable();
  for (const gerritName of NAMES) {
    const entry = table.at(projectObjectName(gerritName));
    entry.project = project({ spec: { gerritName } });
    entry.space = space({ gerritName });
    entry.keyMadeAt = 0;
    entry.store = { kind: 'open' };
  }
  const keys: StoreAccountsOptions['keys'] = {
    open: async () => {},
    close: async () => {},
    rotate: async () => {},
    check: async (namespace) => {
      checked.push(namespace);
      there.add(namespace);
    },
    namespaces: async () => new Set(there),
  };
  accounts = new StoreAccounts({
    table,
    keys,
    countRuns: async () => 0,
    log: createLogger('test'),
    isComplete: () => isComplete,
    changed: () => {},
    now: Date.now,
    keyAgeMs: 90 * 24 * HOUR_MS,
  });
});

afterEach(async () => {
  await accounts.stop();
  jest.useRealTimers();
});

test('accounts that a restored store has lost are made again within half a minute, and no other', async () => {
  await jest.advanceTimersByTimeAsync(MINUTE_MS);
  const lost = [...there].slice(10, 50);
  for (const namespace of lost) there.delete(namespace);
  checked = [];

  await jest.advanceTimersByTimeAsync(MINUTE_MS / 2);

  expect(lost.filter((namespace) => !there.has(namespace))).toEqual([]);
  // One more may have had its hourly turn.
  expect(checked.filter((namespace) => !lost.includes(namespace)).length).toBeLessThanOrEqual(1);
});

test("each account's key is made sure of once an hour", async () => {
  await jest.advanceTimersByTimeAsync(HOUR_MS + MINUTE_MS);

  expect(new Set(checked)).toEqual(there);
});

test('nothing is looked at before everything that was there is known', async () => {
  isComplete = false;
  there.clear();
  await jest.advanceTimersByTimeAsync(5 * MINUTE_MS);
  expect(checked).toEqual([]);

  isComplete = true;
  await jest.advanceTimersByTimeAsync(MINUTE_MS / 2);
  expect(there.size).toBe(NAMES.length);
});
