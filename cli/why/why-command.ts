import type { Command } from 'commander';

interface WhyFlags {
  readonly url?: string;
  readonly stack: string;
  readonly configFile?: string;
}

/** Adds `why`: why a change ran what it ran, or nothing. */
export function addWhyCommand(program: Command, defaultStack: string): void {
  program
    .command('why')
    .description('say of a change which event ran which Workflow, what waits and where, and which condition said no')
    .argument('<change>', 'number of the change, and a patch set of it behind a comma: 1234 or 1234,2')
    .argument('[pipeline]', 'only this pipeline, with everything that happened in it')
    .option('--url <address>', "the status pages that are asked, when they are not the stack's")
    .option('--stack <name>', 'stack whose status pages are asked', defaultStack)
    .option('--config-file <file>', "the stack's configuration, when it is not Pulumi.<stack>.yaml")
    .action(async (change: string, pipeline: string | undefined, flags: WhyFlags) => {
      const { runWhy } = await import('./run-why.js');
      process.stdout.write(await runWhy({ ...flags, change, pipeline }));
    });
}
