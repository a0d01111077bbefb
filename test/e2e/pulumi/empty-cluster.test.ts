import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { IMAGE_NAMES, Images } from '../../../core/images';
import { type ApiServerFixture, startApiServer } from '../../../local/cluster/api-server-alone';
import { localStackFiles, writeMachineValues } from '../../../local/pulumi/local-stack';
import { machineValues } from '../../../local/stack/machine-config';
import { machineSecrets } from '../../../local/stack/stack-secrets';
import { pulumi } from '../support/stack-copy';

jest.setTimeout(240_000);

const Preview = z.object({ steps: z.array(z.object({ op: z.string(), urn: z.string() })) });

let server: ApiServerFixture;
let state: string;

beforeAll(async () => {
  server = await startApiServer();
  state = mkdtempSync(join(tmpdir(), 'seakeeper-empty-'));
  const secretFile = join(state, 'secret');
  writeFileSync(secretFile, 'made up for this test');
  await writeMachineValues(
    localStackFiles(state),
    machineValues({
      images: Images.parse(
        Object.fromEntries(IMAGE_NAMES.map((name) => [name, { repository: `example.org/${name}`, tag: '1' }])),
      ),
      gerrit: {
        name: 'local',
        httpUrl: 'http://127.0.0.1:1',
        fetchUrl: 'http://127.0.0.1:1',
        sshHost: '127.0.0.1',
        sshPort: 1,
        sshHostKeys: ['ssh-ed25519 AAAA'],
        account: 'seakeeper-ci',
        canaryProject: 'seakeeper-canary',
      },
      kubeconfig: server.kubeconfig,
      sshKeyFile: secretFile,
      httpPasswordFile: secretFile,
      secrets: await machineSecrets({ state }),
    }),
  );
});

afterAll(async () => {
  await server.stop();
  rmSync(state, { recursive: true, force: true });
});

test('pulumi preview works on an empty cluster: everything would be created, and what the server cannot check says so', async () => {
  const { code, output } = await pulumi(['preview', '--json'], { state });
  const { output: shown } = await pulumi(['preview'], { state });

  expect(code).toBe(0);
  const { steps } = Preview.parse(JSON.parse(output));
  expect(new Set(steps.map(({ op }) => op))).toEqual(new Set(['create']));
  expect(steps.some(({ urn }) => urn.includes('argoproj.io/v1alpha1:Sensor'))).toBe(true);
  expect(shown).toContain('not checked by the server');
});
