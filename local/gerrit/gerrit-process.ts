import type { ProcessSpecInput } from '../cluster/supervisor/process-spec';
import { type GerritRuntime, gerritCommand } from './gerrit-command';
import { type GerritAddress, httpUrl } from './gerrit-options';
import type { GerritSitePaths } from './gerrit-site';

/**
 * Gerrit as a supervised process; its site must exist. It serves when its version can be read, and logs to standard
 * output.
 *
 * @param javaOptions more options for the virtual machine
 */
export function gerritProcess(
  paths: GerritSitePaths,
  runtime: GerritRuntime,
  address: GerritAddress,
  javaOptions: readonly string[],
): ProcessSpecInput {
  const { command, args, env } = gerritCommand(
    runtime,
    paths.scratch,
    ['daemon', '-d', paths.site, '--console-log'],
    javaOptions,
  );
  return {
    name: 'gerrit',
    kind: 'daemon',
    command: [command, ...args],
    env: { ...env },
    cwd: paths.site,
    probe: { kind: 'http', url: `${httpUrl(address)}/config/server/version` },
    stopGraceSeconds: 20,
    startGraceSeconds: 120,
  };
}
