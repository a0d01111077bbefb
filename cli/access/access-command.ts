import type { Command } from 'commander';

interface AccessFlags {
  readonly project: string;
  readonly as?: string;
  readonly group: string[];
  readonly stack: string;
  readonly configFile?: string;
  readonly context?: string;
  readonly kubeconfig?: string;
  readonly offline: boolean;
}

/** Adds `access`: who may do what in a project's namespace. */
export function addAccessCommand(program: Command, defaultStack: string): void {
  program
    .command('access')
    .description("say who may do what with a project's runs: as rendered, and as the API server answers")
    .requiredOption('--project <name>', 'the project, as Gerrit spells it')
    .option('--as <user>', 'only this user, with what gives each right')
    .option('--group <name>', 'with --as: a group of the identity provider they are in; may be repeated', collect, [])
    .option('--stack <name>', 'stack that is rendered', defaultStack)
    .option('--config-file <file>', "the stack's configuration, when it is not Pulumi.<stack>.yaml")
    .option('--context <name>', 'context of your kubeconfig whose API server is asked')
    .option('--kubeconfig <file>', 'kubeconfig whose API server is asked, when it is not your own')
    .option('--offline', 'ask no API server', false)
    .action(async ({ group, ...flags }: AccessFlags) => {
      if (group.length > 0 && flags.as === undefined)
        throw new Error('--group says what --as is in; name a user by --as');
      const { runAccess } = await import('./run-access.js');
      process.exitCode = await runAccess({ ...flags, groups: group });
    });
}

const collect = (value: string, before: readonly string[]): string[] => [...before, value];
