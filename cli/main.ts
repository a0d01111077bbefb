/**
 * The commands behind the npm scripts. What they do is in the modules they call; those of `local/` are loaded only by
 * commands that mean this machine's own cluster.
 */
import { Command, Option } from 'commander';
import { addAccessCommand } from './access/access-command';
import { addCapacityCommand } from './capacity/capacity-command';
import { LONG_TESTS } from './long-tests';
import { addReviewCommands } from './review/commands';
import { addWhyCommand } from './why/why-command';

/** Stack of a cluster of the user's own, unless they name another. */
const DEFAULT_STACK = 'ci';

const program = new Command('seakeeper')
  .description('Seakeeper: CI for Gerrit as one typed program')
  // What follows `pulumi` is for that CLI.
  .enablePositionalOptions();

interface StartOptions {
  readonly context?: string;
  readonly stack: string;
  readonly configFile?: string;
  readonly yes: boolean;
  readonly fresh: boolean;
  readonly demo: boolean;
}

program
  .command('start')
  .description("start the local cluster, or repair the one that runs; with --context, set up a cluster of one's own")
  .option('--fresh', 'empty the local cluster, Gerrit and stack first', false)
  .option('--no-demo', 'push no change when everything runs')
  .option('--context <name>', 'context of your kubeconfig whose cluster is meant')
  .option('--stack <name>', 'its stack', DEFAULT_STACK)
  .option('--config-file <file>', "the stack's configuration, when it is not Pulumi.<stack>.yaml")
  .option('--yes', 'do not ask before that cluster is changed', false)
  .action(async ({ context, stack, configFile, yes, fresh, demo }: StartOptions) => {
    if (context === undefined) {
      const { runSystem } = await import('../local/run-system.js');
      return runSystem({ fresh, demo });
    }
    if (fresh) throw new Error("--fresh empties the local cluster; with --context, `pulumi destroy` is the stack's");
    const { startOnContext } = await import('./start-on-context.js');
    return startOnContext({ context, stack, yes, ...(configFile === undefined ? {} : { configFile }) });
  });

program
  .command('stop')
  .description('stop the local cluster and leave the machine as it was; state and images stay')
  .action(async () => (await import('../local/commands.js')).stop());

program
  .command('status')
  .description('say which processes of the local cluster run')
  .action(async () => {
    process.exitCode = (await (await import('../local/commands.js')).status()) ? 0 : 1;
  });

program
  .command('pulumi')
  .description("run the Pulumi CLI on this machine's stack, for example: pulumi preview")
  .argument('[args...]')
  .helpOption(false)
  .allowUnknownOption()
  .passThroughOptions()
  .action(async (args: string[]) => {
    process.exitCode = await (await import('../local/pulumi/pulumi-command.js')).pulumiCommand(args);
  });

program
  .command('policy')
  .description('run the policy rules over everything a stack would have in the cluster')
  .option('--stack <name>', 'whose', DEFAULT_STACK)
  .option('--pack-config', "print what the Pulumi policy pack needs to know of the stack's images instead", false)
  .option('--reference', 'write the reference page of the rules instead', false)
  .action(async (options: { stack: string; packConfig: boolean; reference: boolean }) => {
    process.exitCode = (await import('./policy/run-policy.js')).runPolicy(options);
  });

addReviewCommands(program);
addCapacityCommand(program);
addAccessCommand(program, DEFAULT_STACK);
addWhyCommand(program, DEFAULT_STACK);

program
  .command('images')
  .description("list a stack's images and which are pinned to a digest")
  .option('--pin', 'ask the registries what the tags stand for, and write that into the stack configuration', false)
  .option('--stack <name>', 'whose images', DEFAULT_STACK)
  .option('--config-file <file>', "the stack's configuration, when it is not Pulumi.<stack>.yaml")
  .option('--local [folder]', 'build the images of the local cluster instead, and write them to a folder as archives')
  .action(async (options: { pin: boolean; stack: string; configFile?: string; local?: string | true }) => {
    const { pin, stack, configFile, local } = options;
    if (local !== undefined) {
      const { printImages } = await import('../local/images/print-images.js');
      return printImages(local === true ? undefined : local);
    }
    const { listImages, pinImages } = await import('./images/run-images.js');
    const file = { stack, ...(configFile === undefined ? {} : { configFile }) };
    if (!pin) return listImages(file);
    process.exitCode = (await pinImages(file)) ? 0 : 1;
  });

program
  .command('render')
  .description('write everything a stack would have in the cluster, project namespaces included, secrets masked')
  .option('--stack <name>', 'whose', DEFAULT_STACK)
  .option('--out <folder>', 'where to write a file for each release and project; - for standard output', '-')
  .addOption(new Option('--format <format>', 'how').choices(['yaml', 'jsonl']).default('yaml'))
  .action(async (options: { stack: string; out: string; format: 'yaml' | 'jsonl' }) =>
    (await import('./render/run-render.js')).runRender(options),
  );

program
  .command('nodes')
  .description("write what each machine of a stack joins the cluster with: kubeadm's and the kubelet's configuration")
  .option('--stack <name>', 'whose machines', DEFAULT_STACK)
  .requiredOption('--out <folder>', 'where to write a folder for each')
  .action(async (options: { stack: string; out: string }) =>
    (await import('./nodes/write-nodes.js')).writeNodes(options),
  );

program
  .command('test')
  .description('run the unit tests, then the end-to-end tests on the real cluster')
  .action(async () => {
    process.exitCode = await (await import('./run-tests.js')).runTests();
  });

program
  .command('test-long')
  .description('run a long scenario in its full form; without a name, list them')
  .argument('[name]', Object.keys(LONG_TESTS).join(', '))
  .action(async (name: string | undefined) => {
    process.exitCode = await (await import('./run-long-test.js')).runLongTest(name);
  });

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
