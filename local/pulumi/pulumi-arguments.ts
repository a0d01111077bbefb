import { LOCAL_STACK } from './local-stack';

/** Commands that work on a stack, and take its configuration file where `config` says so. */
const STACK_COMMANDS: Readonly<Record<string, { readonly config: boolean }>> = {
  cancel: { config: false },
  config: { config: true },
  destroy: { config: true },
  import: { config: true },
  preview: { config: true },
  refresh: { config: true },
  stack: { config: false },
  state: { config: false },
  up: { config: true },
};

/** Subcommands of `stack` that name their stack themselves, or none. */
const WITHOUT_STACK = new Set(['init', 'new', 'ls', 'select', 'rm']);
const CONFIG_WRITES = new Set(['set', 'set-all', 'rm', 'rm-all', 'cp', 'refresh']);

/** A command line for the CLI, understood as far as this wrapper needs. */
export interface PulumiArguments {
  /** Stack it works on; undefined when it works on none. */
  readonly stack: string | undefined;
  /** Complete arguments. */
  readonly args: readonly string[];
}

/**
 * Completes a command line: stack `local` unless it names another, and for that stack the configuration file of this machine.
 * Pure. Throws for what would write to the configuration that is put together anew on every run.
 */
export function completeArguments(args: readonly string[], localConfig: string): PulumiArguments {
  const [command = '', subcommand = ''] = args.filter((argument) => !argument.startsWith('-'));
  const known = STACK_COMMANDS[command];
  if (known === undefined || (command === 'stack' && WITHOUT_STACK.has(subcommand))) {
    return { stack: namedStack(args), args };
  }
  const stack = namedStack(args) ?? LOCAL_STACK;
  if (stack === LOCAL_STACK && command === 'config' && CONFIG_WRITES.has(subcommand)) {
    throw new Error(
      `the configuration of stack '${LOCAL_STACK}' is put together on every run; edit Pulumi.${LOCAL_STACK}.yaml`,
    );
  }
  const added = namedStack(args) === undefined ? ['--stack', stack] : [];
  const config = stack === LOCAL_STACK && known.config ? ['--config-file', localConfig] : [];
  return { stack, args: [...args, ...added, ...config] };
}

function namedStack(args: readonly string[]): string | undefined {
  const index = args.findIndex((argument) => argument === '-s' || argument === '--stack');
  const joined = args.find((argument) => argument.startsWith('--stack=') || argument.startsWith('-s='));
  return index === -1 ? joined?.slice(joined.indexOf('=') + 1) : args[index + 1];
}
