/** The detached process that keeps the local cluster running. Usage: main.ts PLAN-FILE (inside the node's namespaces). */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { pino } from 'pino';
import { adopt, endContainers } from '../cgroups';
import { serveControls } from './control-server';
import { type BindMount, SupervisorPlan } from './process-spec';
import { Supervisor } from './supervisor';

const log = pino({ name: 'supervisor' });

function bind({ from, onto }: BindMount): void {
  mkdirSync(from, { recursive: true, mode: 0o711 });
  const result = spawnSync('mount', ['--bind', from, onto], { encoding: 'utf8' });
  if (result.status !== 0) {
    throw new Error(`cannot put ${from} in place of ${onto} on the node: ${result.stderr.trim()}`);
  }
}

async function main(planFile: string): Promise<void> {
  const text = readFileSync(planFile, 'utf8');
  const plan = SupervisorPlan.parse(JSON.parse(text));
  const fingerprint = createHash('sha256').update(text).digest('hex');
  adopt(process.pid);
  for (const mount of plan.binds) {
    bind(mount);
  }
  const supervisor = new Supervisor(plan, () => endContainers(plan.podCgroups));

  const stopAndExit = async (): Promise<void> => {
    log.info('stopping');
    await supervisor.stop();
    log.info('stopped');
    // After the answer to whoever asked has been written.
    setTimeout(() => process.exit(0), 100);
  };
  process.on('SIGTERM', () => void stopAndExit());
  process.on('SIGINT', () => void stopAndExit());
  process.on('SIGHUP', () => undefined);

  await serveControls(plan.socket, {
    status: () => ({
      pid: process.pid,
      plan: fingerprint,
      stopping: supervisor.stopping,
      processes: supervisor.status(),
    }),
    stop: stopAndExit,
  });
  log.info({ processes: plan.processes.length }, 'starting');
  await supervisor.start();
}

const [planFile] = process.argv.slice(2);
if (planFile === undefined) {
  throw new Error('usage: main.ts PLAN-FILE');
}
main(planFile).catch((error: unknown) => {
  log.fatal({ err: error }, 'cannot supervise');
  process.exit(1);
});
