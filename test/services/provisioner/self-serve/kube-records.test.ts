import { projectObjectName } from '../../../../core/project-name';
import { KubeRecords } from '../../../../services/provisioner/self-serve/kube-records';
import { KubeError } from '../../../../services/shared/kube-client';

/** ConfigMaps of one namespace; merge patches of their data as the API server does them. */
class ConfigMaps {
  readonly data = new Map<string, Record<string, string>>([['provisioner-config', { 'config.json': '{}' }]]);

  async get(): Promise<unknown> {
    return { items: [...this.data].map(([name, data]) => ({ metadata: { name }, data })) };
  }

  async create(_path: string, body: object): Promise<unknown> {
    const { metadata, data } = body as { metadata: { name: string }; data: Record<string, string> };
    this.data.set(metadata.name, { ...data });
    return {};
  }

  async patch(path: string, _type: string, body: unknown): Promise<unknown> {
    const data = this.data.get(path.split('/').at(-1) ?? '');
    if (data === undefined) {
      throw new KubeError(404, 'NotFound', 'no such ConfigMap');
    }
    for (const [key, value] of Object.entries((body as { data: Record<string, string | null> }).data)) {
      if (value === null) {
        delete data[key];
      } else {
        data[key] = value;
      }
    }
    return {};
  }
}

const record = { commit: 'c1', by: 'ann', at: '2026-01-01T00:00:00.000Z' };

test('records outlive the process', async () => {
  const kube = new ConfigMaps();
  const before = await KubeRecords.load(kube);
  for (const name of ['a', 'b/c', 'kube-system', '../x']) {
    await before.put(name, record);
  }
  await before.put('a', { ...record, commit: 'c2', ended: true });
  const after = await KubeRecords.load(kube);

  expect(after.find('a')).toEqual({ ...record, commit: 'c2', ended: true });
  expect(after.find('../x')).toEqual(record);
  expect(after.find('d')).toBeUndefined();
  expect([...kube.data.keys()].filter((name) => !/^(self-serve-[a-z2-7]|provisioner-config)$/.test(name))).toEqual([]);
});

test('what somebody is served since a moment does not count the project itself', async () => {
  const records = await KubeRecords.load(new ConfigMaps());
  await records.put('a', record);
  await records.put('b', { ...record, at: '2026-01-02T00:00:00.000Z' });
  await records.put('c', { ...record, by: 'bob' });

  expect(records.servedSince('ann', 0, 'a')).toEqual([Date.parse('2026-01-02')]);
  expect(records.servedSince('ann', Date.parse('2026-01-01T12:00Z'), 'x')).toHaveLength(1);
});

test('only what ended more than a day ago is forgotten', async () => {
  const kube = new ConfigMaps();
  const records = await KubeRecords.load(kube);
  await records.put('stands', record);
  await records.put('ended', { ...record, ended: true });
  await records.put('just-ended', { ...record, at: '2026-01-02T11:00:00.000Z', ended: true });
  await records.expire(Date.parse('2026-01-02T12:00Z'));
  const after = await KubeRecords.load(kube);

  expect(['stands', 'ended', 'just-ended'].map((name) => after.find(name) !== undefined)).toEqual([true, false, true]);
});

test('a record that somebody broke is as if it were not there', async () => {
  const kube = new ConfigMaps();
  kube.data.set('self-serve-a', { [projectObjectName('a')]: '{' });

  expect((await KubeRecords.load(kube)).find('a')).toBeUndefined();
});
