import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { ApprovalOptions, GerritOptions } from './gerrit-steps';

interface ReviewFlags {
  readonly stack: string;
  readonly base: string;
  readonly head?: string;
  readonly usage?: string;
  readonly out: string;
  readonly approved?: string;
  readonly cluster: boolean;
  readonly allowNetwork: boolean;
}

/** Adds the review and the steps of its job to the commands. What they do is loaded when it is asked for. */
export function addReviewCommands(program: Command): void {
  program
    .command('review')
    .description('say what a change to stack configuration does to the whole cluster, its dangers first')
    .requiredOption('--base <revision>', 'what the change is compared with; its program renders both')
    .option('--stack <name>', 'whose configuration', 'ci')
    .option(
      '--head <revision>',
      'the change; its configuration is read, its code is not run (default: what is checked out)',
    )
    .option('--usage <file>', 'what `kubectl get resourcequota --all-namespaces --output json` printed')
    .option('--out <folder>', 'where review.md, review.gerrit.md, full.md and dangers.json go', 'dist/review')
    .option('--approved <commit>', "run the head's own program: a ServiceOps member approved this commit")
    .option('--cluster', 'show what `pulumi preview` of the approved revision says of the cluster', false)
    .option('--allow-network', 'run the program although the network cannot be shut to it', false)
    .action(async ({ cluster, ...flags }: ReviewFlags) => {
      const run = cluster
        ? (await import('./run-cluster-review.js')).runClusterReview
        : (await import('./run-review.js')).runReview;
      process.stdout.write(await run({ ...flags, folder: join(__dirname, '../..') }));
    });

  onChange(program.command('review-approval'))
    .description(
      "print the commit when a member of a group approved its program, and nothing otherwise; for review's --approved",
    )
    .requiredOption('--group <name>', 'whose members approve')
    .option('--label <name>', 'label they vote on', 'Code-Review')
    .option('--value <number>', 'lowest value that approves', wholeNumber, 2)
    .action(async (options: ApprovalOptions) => {
      const { checkApproval } = await import('./gerrit-steps.js');
      const approval = await checkApproval(options);
      if (approval.approved) process.stdout.write(`${options.commit}\n`);
      else process.stderr.write(`not approved: ${approval.why}\n`);
    });

  onChange(program.command('review-post'))
    .description('post a review on a change, unless the newest one says the same')
    .requiredOption('--file <file>', 'the review: review.gerrit.md')
    .action(async ({ file, ...options }: GerritOptions & { file: string }) => {
      const { postReview } = await import('./gerrit-steps.js');
      process.stdout.write(`${await postReview(options, readFileSync(file, 'utf8'))}\n`);
    });
}

const onChange = (command: Command): Command =>
  command
    .requiredOption('--gerrit <url>', "the server's base URL, no trailing slash")
    .requiredOption('--account <name>', 'account to act as')
    .requiredOption('--password-file <file>', 'file with its HTTP password')
    .requiredOption('--change <number>', "the change's number, or project~number")
    .requiredOption('--commit <commit>', 'commit of the patch set');

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError(`must be a whole number, got '${text}'`);
  return Number(text);
}
