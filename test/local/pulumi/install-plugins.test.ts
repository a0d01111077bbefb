import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { version as kubernetesVersion } from '@pulumi/kubernetes/package.json';
import { version as sdkVersion } from '@pulumi/pulumi/package.json';
import { hasUpstreamPlugins } from '../../../local/pulumi/install-plugins';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'plugins-'));
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

function install(path: string): void {
  const file = join(home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
}

const found = () => hasUpstreamPlugins({ HOME: home, PATH: join(home, 'bin') }, join(home, 'pulumi', 'pulumi'));

const PROVIDER = `.pulumi/plugins/resource-kubernetes-v${kubernetesVersion}/pulumi-resource-kubernetes`;

test("upstream's plug-ins are used only when both are there in the SDK's versions", () => {
  expect(found()).toBe(false);

  install('pulumi/pulumi-language-nodejs');
  expect(found()).toBe(false);

  install('.pulumi/plugins/resource-kubernetes-v1.0.0/pulumi-resource-kubernetes');
  expect(found()).toBe(false);

  install(PROVIDER);
  expect(found()).toBe(true);
});

test('they are found on PATH and in the plug-in folder alike', () => {
  install('bin/pulumi-resource-kubernetes');
  install(`.pulumi/plugins/language-nodejs-v${sdkVersion}/pulumi-language-nodejs`);

  expect(found()).toBe(true);
});
