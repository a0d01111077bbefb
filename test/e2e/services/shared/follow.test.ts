import { pino } from 'pino';
import { z } from 'zod';
import { type ApiServerFixture, startApiServer } from '../../../../local/cluster/api-server-alone';
import { follow } from '../../../../services/shared/follow';
import { KubeClient } from '../../../../services/shared/kube-client';
import { type Fault, FaultProxy } from '../../support/fault-proxy';
import { until } from '../../support/until';

jest.setTimeout(180_000);

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const log = pino({ level: 'silent' });

let server: ApiServerFixture;
let proxy: FaultProxy;
let admin: KubeClient;

beforeAll(async () => {
  server = await startApiServer();
  proxy = await FaultProxy.before(server);
  admin = new KubeClient(server.config());
}, 900_000);

afterAll(async () => {
  await proxy?.stop();
  await server?.stop();
});

/** Follows ConfigMaps of the namespace by way of the proxy, and keeps what it was told: value by name. */
function following() {
  const stopping = new AbortController();
  const told = new Map<string, string>();
  const lists: unknown[] = [];
  const ConfigMap = z.object({ data: z.record(z.string(), z.string()).default({}) });
  const done = follow({
    kube: new KubeClient(proxy.config()),
    path: CONFIG_MAPS,
    labelSelector: 'followed',
    pageSize: 7,
    log,
    signal: stopping.signal,
    onObject: (object, key) => told.set(key, ConfigMap.parse(object).data['value'] ?? ''),
    onGone: (key) => told.delete(key),
    onSynced: () => lists.push('synced'),
  });
  return {
    told,
    synced: () => until('the first list is complete', async () => lists.length > 0),
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}

const put = (name: string, value: string) =>
  admin.apply(
    `${CONFIG_MAPS}/${name}`,
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: { followed: 'yes' } }, data: { value } },
    { fieldManager: 'test', force: true },
  );
const remove = (name: string) => admin.delete(`${CONFIG_MAPS}/${name}`);

async function present(): Promise<Map<string, string>> {
  const Item = z.object({ metadata: z.object({ name: z.string() }), data: z.object({ value: z.string() }) });
  const all = new Map<string, string>();
  for await (const { items } of admin.list(CONFIG_MAPS, { selector: 'followed' })) {
    for (const { metadata, data } of z.array(Item).parse(items)) all.set(`default/${metadata.name}`, data.value);
  }
  return all;
}

async function untilSame(told: ReadonlyMap<string, string>): Promise<void> {
  const sorted = (map: ReadonlyMap<string, string>) => JSON.stringify([...map].sort());
  await until('what was told is what is there', async () => sorted(told) === sorted(await present()), 60_000);
}

describe('following a collection of a real API server', () => {
  test('ends in what is there, though watches are cut, refused and expired and pages run out', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `one-${index}`);
    await Promise.all(names.map((name) => put(name, 'first')));
    let pages = 0;
    const watches: (Fault | undefined)[] = [
      { kind: 'cut', afterBytes: 1_500 },
      { kind: 'watch-expired' },
      { kind: 'status', status: 500, reason: 'InternalError' },
    ];
    proxy.decide = ({ query }) => {
      if (query.get('watch') === 'true') return watches.shift();
      if (!query.has('continue')) return undefined;
      pages += 1;
      return pages % 4 === 3 ? { kind: 'status', status: 410, reason: 'Expired' } : undefined;
    };
    const { told, synced, stop } = following();
    await synced();

    for (const [index, name] of names.entries()) {
      await (index % 3 === 0 ? remove(name) : put(name, `second ${index}`));
    }
    await untilSame(told);
    await stop();

    expect(watches).toEqual([]);
    expect(proxy.injected.get('410')).toBeGreaterThan(0);
  });

  test('ends in what is there after the server crashed and came back', async () => {
    proxy.decide = () => undefined;
    const { told, synced, stop } = following();
    await synced();
    await put('before', 'crash');
    await until('the watch tells it', async () => told.get('default/before') === 'crash');

    await server.kill();
    await server.restart();
    await put('after', 'crash');
    await remove('before');

    await untilSame(told);
    expect(told.has('default/before')).toBe(false);
    await stop();
  });
});
