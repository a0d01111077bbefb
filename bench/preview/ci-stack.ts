import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CoreV1Api } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { z } from 'zod';
import { type ApiServerFixture, startApiServer } from '../../local/cluster/api-server-alone';
import { PROJECT_FOLDER } from '../../local/pulumi/local-stack';
import { ScratchStack } from '../../local/pulumi/scratch-stack';
import { SECRET_KEYS } from '../../stacks/config/secrets';
import { ciInputs } from '../render/bench-inputs';

const StackFile = z.looseObject({ config: z.record(z.string(), z.unknown()) });
const PROGRAM = 'bench/preview/unattended-program.ts';

/** The configuration of stack `ci` on an API server of its own, in a folder of its own. */
export interface CiStack {
  readonly kubeconfig: string;
  /** Runs the CLI on it. Resolves to what it said; rejects with the end of that when it fails. */
  run(...args: readonly string[]): Promise<string>;
  /** Bytes of the stack's state as it lies on disk. */
  stateBytes(): number;
  remove(): Promise<void>;
}

/** Starts the API server, registers the machines of stack `ci` as nodes, and prepares the stack. Nothing is applied yet. */
export async function makeCiStack(): Promise<CiStack> {
  const server = await startApiServer();
  const folder = mkdtempSync(join(tmpdir(), 'seakeeper-ci-'));
  await registerMachines(server);
  const stack = new ScratchStack(folder);
  const committed = StackFile.parse(parse(readFileSync(join(PROJECT_FOLDER, 'Pulumi.ci.yaml'), 'utf8'))).config;
  await stack.use({
    program: PROGRAM,
    config: { ...committed, 'kubernetes:kubeconfig': server.kubeconfig },
    secrets: Object.fromEntries(SECRET_KEYS.map((key) => [`seakeeper:${key}`, 'made up for this measurement'])),
  });
  return {
    kubeconfig: server.kubeconfig,
    run: (...args) => stack.run(...args),
    stateBytes: () => statSync(stack.stateFile() ?? '').size,
    remove: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** As their kubelets would. */
async function registerMachines(server: ApiServerFixture): Promise<void> {
  const core = server.config().makeApiClient(CoreV1Api);
  for (const { name } of ciInputs().config.machines) {
    await core.createNode({ body: { metadata: { name } }, fieldManager: 'kubelet' });
  }
}
