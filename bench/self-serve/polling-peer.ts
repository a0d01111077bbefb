import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROJECT_API } from '../../core/project';
import { projectObjectName } from '../../core/project-name';
import { httpPasswordFile } from '../../local/gerrit/credentials';
import { CLUSTER_ADDRESS, httpUrl } from '../../local/gerrit/gerrit-options';
import { gerritSitePaths } from '../../local/gerrit/gerrit-site';
import { localPaths } from '../../local/paths';
import { describeToolchain } from '../../local/toolchain/toolchain';

const SCRIPT = join(__dirname, 'polling-loop.sh');
const ACCOUNT = 'admin';
/** The loop asks once a second: a push meets it at any moment of that. Milliseconds. */
const PERIOD_MS = 1_000;

/** Runs the loop on one project beside a push. Rejects when it ends with an error. */
export async function withPollingLoop(project: string, push: () => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'seakeeper-loop-'));
  try {
    const file = join(folder, 'project.json');
    await writeFile(file, JSON.stringify(manifest(project)));
    const url = `${httpUrl(CLUSTER_ADDRESS)}/a/${encodeURI(project)}`;
    const child = spawn(SCRIPT, [url, join(folder, 'repository'), file], {
      env: { ...process.env, ...(await environment()) },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 120_000,
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const ended = new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) =>
        code === 0 ? resolve() : reject(new Error(`the loop ended with ${code}: ${said}`)),
      );
    });
    ended.catch(() => undefined);
    await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), ended]);
    await sleep(Math.random() * PERIOD_MS);
    await push();
    await ended;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const manifest = (gerritName: string) => ({
  apiVersion: `${PROJECT_API.group}/${PROJECT_API.version}`,
  kind: PROJECT_API.kind,
  metadata: { name: projectObjectName(gerritName) },
  spec: { gerritName, class: 'default', visibility: 'public' },
});

async function environment(): Promise<Record<string, string>> {
  const paths = localPaths();
  const password = (await readFile(httpPasswordFile(gerritSitePaths(paths.gerrit), ACCOUNT), 'utf8')).trim();
  const credentials = Buffer.from(`${ACCOUNT}:${password}`).toString('base64');
  return {
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'http.extraHeader',
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${credentials}`,
    KUBECONFIG: paths.adminKubeconfig,
    KUBECTL: describeToolchain().binary('kubectl'),
  };
}
