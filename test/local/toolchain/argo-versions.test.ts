import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { ARGO_EVENTS, ARGO_WORKFLOWS } from '../../../constructs/generate/select';
import { Images } from '../../../core/images';
import { VERSIONS } from '../../../local/toolchain/versions';

const StackFile = z.looseObject({ config: z.looseObject({ 'seakeeper:images': Images }) });
const { 'seakeeper:images': images } = StackFile.parse(
  parse(readFileSync(join(__dirname, '..', '..', '..', 'Pulumi.ci.yaml'), 'utf8')),
).config;

test("Argo's types are made from the versions that the local cluster runs", () => {
  expect([ARGO_WORKFLOWS.version, ARGO_EVENTS.version]).toEqual([VERSIONS['argo-workflows'], VERSIONS['argo-events']]);
});

test.each([
  ['workflow-controller', 'argo-workflows'],
  ['argoexec', 'argo-workflows'],
  ['argo-server', 'argo-workflows'],
  ['argo-events', 'argo-events'],
] as const)('stack ci runs image %s of the version that was tested here', (image, part) => {
  expect(images[image].tag.replace(/-nonroot$/, '')).toBe(VERSIONS[part]);
});
