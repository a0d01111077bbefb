import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { IMAGE_NAMES, Images } from '../../../core/images';
import { acknowledgedImages } from '../../../policy/acknowledged-images';
import { pulumi } from '../support/stack-copy';
import { runningSystem, type System } from '../support/system';

jest.setTimeout(300_000);

const PACK = join(__dirname, '../../../policy/pack');
const Value = z.object({ value: z.string() });

let system: System;
const folder = mkdtempSync(join(tmpdir(), 'seakeeper-pack-'));

beforeAll(async () => {
  system = await runningSystem();
}, 50 * 60_000);

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await system?.gerrit.close();
});

/** A preview of stack `local` under the policy pack, told that the stack knows of these unpinned images. */
async function previewUnderPolicies(acknowledged: readonly (typeof IMAGE_NAMES)[number][]) {
  const { output } = await pulumi(['config', 'get', 'seakeeper:images', '--json']);
  const images = Images.parse(JSON.parse(Value.parse(JSON.parse(output)).value));
  const file = join(folder, 'pack.json');
  const references = [...acknowledgedImages(images, acknowledged)];
  writeFileSync(file, JSON.stringify({ 'images-pinned': { acknowledgedImages: references } }));
  return pulumi(['preview', '--policy-pack', PACK, '--policy-pack-config', file]);
}

test('the policy pack lets a preview through when the stack keeps every rule', async () => {
  const { code, output } = await previewUnderPolicies(IMAGE_NAMES);

  expect(output).not.toContain('[mandatory]');
  expect(code).toBe(0);
});

test('the policy pack refuses a preview that breaks a rule, naming the object and the cure', async () => {
  const { code, output } = await previewUnderPolicies(IMAGE_NAMES.filter((name) => name !== 'nats'));

  expect(output).toMatch(
    /\[mandatory\] +images-pinned +\(kubernetes:apps\/v1:StatefulSet: gerrit-gateway\/StatefulSet\/nats\)/,
  );
  expect(output).toContain('must end in @sha256:');
  expect(output.match(/\[mandatory\]/g)).toHaveLength(1);
  expect(code).not.toBe(0);
});
