import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IMAGE_NAMES } from '../../../core/images';
import { enabledPipelines } from '../../../core/pipeline';
import { fitOf, nodesOfMachines } from '../../../infra/nodes/fit';
import { readStack, readStackFile } from '../../../stacks/config/stack-file';
import { stackInputs } from '../../../stacks/config/stack-inputs';

const ROOT = join(__dirname, '..', '..', '..');
const { config, requirement } = readStack('ci', (path) => readFileSync(join(ROOT, path), 'utf8'));

describe('stack ci', () => {
  test('has the projects that Gerrit hosts, most of them of the default class', () => {
    const ofClass = (name: string) => config.projects.filter((project) => project.class === name);

    expect(config.projects).toHaveLength(2199);
    expect(Object.keys(config.classes).filter((name) => ofClass(name).length === 0)).toEqual([]);
    expect(ofClass('default').length).toBeGreaterThan(2000);
  });

  test('has machines as the model counts them, for each pool it asks for', () => {
    const { pools, systemMissing } = fitOf(requirement, nodesOfMachines(config.machines));

    expect(pools.map(({ pool, nodes, nodesRequired }) => [pool, nodes - nodesRequired])).toEqual([
      ['system', 0],
      ['gate', 0],
      ['check', 0],
      ['heavy', 0],
      ['security', 0],
    ]);
    expect(pools.map(({ missing }) => missing)).toEqual(pools.map(() => ({ cpu: 0, memory: 0, disk: 0 })));
    expect(systemMissing).toEqual({ cpu: 0, memory: 0, disk: 0 });
  });

  test('asks no more of the control plane than it is trusted to bear, and is not planned when it does', () => {
    const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
    const raw = readStackFile(read('Pulumi.ci.yaml'), read('Pulumi.yaml'));
    const plan = () => stackInputs({ ...raw, controlPlane: { namespaces: 2_000, etcdQuota: '512Mi' } }, read);

    expect(plan).toThrow(/seakeeper:controlPlane: \d{4,5} project namespaces, allowed are 2000; list fewer projects/);
    expect(plan).toThrow(
      /seakeeper:controlPlane: \d+ objects take \d+ MiB of etcd, allowed are 512 MiB; most of it is /,
    );
  });

  test('has volumes for what its retention keeps', () => {
    expect(requirement.storage.filter(({ bytes, configured }) => bytes > configured)).toEqual([]);
  });

  test("has the pipelines of Wikimedia's Zuul, those that need a gate switched off", () => {
    const enabled = enabledPipelines(config.pipelines).map(({ name }) => name);
    const off = config.pipelines.filter(({ name }) => !enabled.includes(name)).map(({ name }) => name);

    expect(enabled).toEqual([
      'check',
      'check-prio',
      'definitions',
      'post-merge',
      'post',
      'publish',
      'experimental',
      'php',
      'coverage',
      'perf',
      'codehealth',
    ]);
    expect(off).toEqual(['check-outsiders', 'gate-and-submit', 'gate-and-submit-l10n']);
  });

  test('acknowledges each image that has no digest, and no other', () => {
    expect([...config.policy.acknowledgedUnpinnedImages].sort()).toEqual(
      IMAGE_NAMES.filter((name) => config.images[name].digest === undefined).sort(),
    );
  });

  test('names who runs it', () => {
    expect(config.access).toEqual({ releng: ['ciadmin'], serviceops: ['ops'] });
  });
});
