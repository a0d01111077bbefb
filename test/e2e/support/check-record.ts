import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { Namespace } from '../../../core/labels';
import { httpPasswordFile } from '../../../local/gerrit/credentials';
import { CLUSTER_ADDRESS, httpUrl } from '../../../local/gerrit/gerrit-options';
import { gerritSitePaths } from '../../../local/gerrit/gerrit-site';
import { CI_ACCOUNT } from '../../../local/gerrit/seed';
import { PROJECT_FOLDER } from '../../../local/pulumi/local-stack';
import { paths, type System } from './system';

const CLAIM = `/api/v1/namespaces/${Namespace.gerritGateway}/persistentvolumeclaims/claim-gateway-0`;
const Claim = z.object({ spec: z.object({ volumeName: z.string() }) });
const Volume = z.object({ spec: z.object({ local: z.object({ path: z.string() }) }) });
const Seen = z.object({ changes: z.int(), events: z.int(), runs: z.int(), reports: z.int(), violations: z.int() });

/** What the checker says. */
export interface CheckedRecord {
  /** One line each. */
  readonly violations: readonly string[];
  readonly seen: z.infer<typeof Seen>;
}

/** Has a program of its own compare the ledger's files with what Gerrit knows of these projects. Rejects when it cannot. */
export async function checkRecord({ kube }: Pick<System, 'kube'>, projects: readonly string[]): Promise<CheckedRecord> {
  const { volumeName } = Claim.parse(await kube.get(CLAIM)).spec;
  const { path } = Volume.parse(await kube.get(`/api/v1/persistentvolumes/${volumeName}`)).spec.local;
  const program = join(PROJECT_FOLDER, 'test', 'support', 'check-record', 'main.ts');
  const options = {
    gerrit: httpUrl(CLUSTER_ADDRESS),
    account: 'admin',
    'password-file': httpPasswordFile(gerritSitePaths(paths.gerrit), 'admin'),
    ledger: join(path, 'ledger'),
    reporter: CI_ACCOUNT,
  };
  const args = [
    ...Object.entries(options).map(([name, value]) => `--${name}=${value}`),
    ...projects.map((project) => `--project=${project}`),
  ];
  const child = spawn(process.execPath, ['--import', require.resolve('tsx'), program, ...args], {
    cwd: PROJECT_FOLDER,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [output, trouble, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0 && code !== 1) {
    throw new Error(`the checker could not tell (exit code ${code}): ${trouble.trim()}`);
  }
  const lines = output.trim().split('\n');
  const seen = Seen.parse(JSON.parse(lines.pop() ?? ''));
  // Its word in both ways of saying it.
  if ((code === 0) !== (lines.length === 0) || seen.violations !== lines.length) {
    throw new Error(`the checker contradicts itself: exit code ${code} and ${lines.length} lines`);
  }
  return { violations: lines, seen };
}
