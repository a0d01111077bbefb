import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { objectPath } from '../../../bench/provision/object-path';
import { provisionerConfig } from '../../../bench/provision/provisioner-config';
import { scaleObjects, writeLoadFile } from '../../../bench/provision/scale-objects';
import { scaleSize } from '../../../bench/provision/scale-size';
import { inputsOfSize } from '../../../bench/render/bench-inputs';

const stack = scaleObjects(inputsOfSize(3));

test('a stack falls into what it has anyway, its Projects, and what is made of them', () => {
  const kinds = new Set(stack.ground.map(({ kind }) => kind));

  expect(stack.projects).toHaveLength(3);
  expect([...stack.objects()].filter(({ kind }) => kind === 'Namespace')).toHaveLength(3);
  expect(kinds).toContain('ValidatingAdmissionPolicy');
  expect(kinds).not.toContain('Deployment');
  expect(kinds).not.toContain('Secret');
  expect(Object.keys(provisionerConfig(stack).classes)).not.toHaveLength(0);
});

test('a load file has every namespace before what lies in it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'load-'));
  try {
    const file = join(folder, 'load.jsonl');

    const count = await writeLoadFile(file, () => stack.objects());

    const [first = '', rest = ''] = readFileSync(file, 'utf8').split('\n\n');
    expect(first.split('\n').every((line) => line.includes('"path":"/api/v1/namespaces/ci-'))).toBe(true);
    expect(first.split('\n')).toHaveLength(3);
    expect(rest.trimEnd().split('\n')).toHaveLength(count - 3);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.each([
  ['networking.k8s.io/v1', 'NetworkPolicy', '/apis/networking.k8s.io/v1/namespaces/ci-a/networkpolicies/x'],
  ['v1', 'ConfigMap', '/api/v1/namespaces/ci-a/configmaps/x'],
  ['scheduling.k8s.io/v1', 'PriorityClass', '/apis/scheduling.k8s.io/v1/priorityclasses/x'],
])('the path of a %s %s is %s', (apiVersion, kind, path) => {
  expect(objectPath({ apiVersion, kind, metadata: { name: 'x', namespace: 'ci-a' } })).toBe(path);
});

test.each(['0', '1', '10001', 'many', '2.5'])('SEAKEEPER_PROJECTS=%s is refused', (text) => {
  expect(() => scaleSize(1_000, text)).toThrow('2 to 10000');
});

test('without SEAKEEPER_PROJECTS a measurement has its own size', () => {
  expect(scaleSize(1_000, undefined)).toBe(1_000);
  expect(scaleSize(1_000, '20')).toBe(20);
});
