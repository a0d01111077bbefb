/** Runs a seeded Gerrit in the foreground, apart from the local cluster. `--help` says how. */
import { join } from 'node:path';
import { Command } from 'commander';
import { localPaths } from '../paths';
import { ensureToolchain } from '../toolchain/toolchain';
import { httpPasswordFile } from './credentials';
import { CLUSTER_ADDRESS, type GerritAddress } from './gerrit-options';
import { sshKeyFile } from './gerrit-site';
import { prepareGerrit } from './prepare-gerrit';
import { runGerrit } from './run-gerrit';
import { CI_ACCOUNT, seedGerrit } from './seed';

interface Flags {
  readonly host: string;
  readonly httpPort: string;
  readonly sshPort: string;
  readonly folder: string;
}

async function main(): Promise<void> {
  const flags = new Command()
    .name('gerrit')
    .description(
      'Run a Gerrit with what Seakeeper needs until it is interrupted; prints one line of JSON when it serves',
    )
    .option('--host <address>', 'IP address to listen on', '127.0.0.1')
    .option('--http-port <port>', 'port of REST and git', String(CLUSTER_ADDRESS.httpPort))
    .option('--ssh-port <port>', 'port of SSH', String(CLUSTER_ADDRESS.sshPort))
    .option('--folder <path>', 'where its site and credentials are kept', join(localPaths().state, 'gerrit-alone'))
    .parse()
    .opts<Flags>();
  const address: GerritAddress = {
    host: flags.host,
    httpPort: port('--http-port', flags.httpPort),
    sshPort: port('--ssh-port', flags.sshPort),
  };
  const toolchain = await ensureToolchain(['java', 'maven', 'git']);
  const { paths, process: spec } = await prepareGerrit({
    cache: toolchain.cache,
    folder: flags.folder,
    address,
    java: toolchain.binary('java'),
    mvn: toolchain.binary('mvn'),
  });

  const gerrit = await runGerrit(spec, join(flags.folder, 'gerrit.log'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void gerrit.stop());
  const { endpoint, admin } = await seedGerrit(paths, address);
  await admin.close();
  const credentials = Object.fromEntries(
    ['admin', CI_ACCOUNT].map((account) => [
      account,
      { sshKeyFile: sshKeyFile(paths, account), httpPasswordFile: httpPasswordFile(paths, account) },
    ]),
  );
  process.stdout.write(`${JSON.stringify({ pid: gerrit.pid, endpoint, credentials })}\n`);
  await gerrit.ended;
}

function port(flag: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) {
    throw new Error(`${flag} is '${text}', allowed is 1 to 65535`);
  }
  return number;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
