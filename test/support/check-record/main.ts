/**
 * Judges a run of Seakeeper by Gerrit's own record. It shares no code with what it judges and asks none of it: it reads the
 * changes of some projects from Gerrit, and the ledger from its files, both at rest.
 *
 * Prints a line for each violation, then what it looked at. Exit code: 0 all is well, 1 something is not, 2 it could not
 * be told.
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { readChanges } from './gerrit-record';
import { judge } from './judge';
import { readLedger } from './read-ledger';

const Options = z.object({
  /** Base URL, no trailing slash. */
  gerrit: z.url(),
  account: z.string(),
  /** File with the account's HTTP password. */
  'password-file': z.string(),
  /** Whose changes; all of them. */
  project: z.array(z.string()).min(1),
  /** Folder with the ledger's segments. */
  ledger: z.string(),
  server: z.string().default('local'),
  pipeline: z.string().default('check'),
  label: z.string().default('Verified'),
  /** Account of the system that is judged. */
  reporter: z.string(),
  'slack-seconds': z.coerce.number().min(0).default(15),
});

async function main(): Promise<number> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      ...{ gerrit: text, account: text, 'password-file': text, project: { ...text, multiple: true }, ledger: text },
      ...{ server: text, pipeline: text, label: text, reporter: text, 'slack-seconds': text },
    },
  });
  const options = Options.parse(values);
  // The ledger first: what happens in between is then known to Gerrit and missed here, and not the other way round.
  const ledger = await readLedger(options.ledger);
  const changes = await readChanges({
    baseUrl: options.gerrit,
    account: options.account,
    passwordFile: options['password-file'],
    projects: options.project,
  });
  const { violations, ...seen } = judge(changes, ledger, {
    server: options.server,
    pipeline: options.pipeline,
    label: options.label,
    account: options.reporter,
    slackMs: options['slack-seconds'] * 1000,
  });
  const lines = [...violations, JSON.stringify({ ...seen, violations: violations.length })];
  process.stdout.write(`${lines.join('\n')}\n`);
  return violations.length === 0 ? 0 : 1;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`cannot judge: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
