import { eventKey } from '../../../core/event-key';
import { startEventSourceServer } from '../../../services/gateway/event-source-server';
import { metrics } from '../../../services/gateway/metrics';
import { EventSourceClient } from '../../support/event-source-client';
import { type Core, created, filter, removeFolder, SERVER, silent, startCore, until } from './gateway-fixture';

const REVISIONS = ['1', '2', '3'].map((digit) => digit.repeat(40));

let core: Core;
let server: Awaited<ReturnType<typeof startEventSourceServer>>;
const clients: EventSourceClient[] = [];

beforeEach(async () => {
  core = await startCore();
  server = await startEventSourceServer('127.0.0.1:0', core.handOn, silent);
});
afterEach(async () => {
  for (const client of clients.splice(0)) {
    client.close();
  }
  server.stop();
  await core.close();
  removeFolder(core.directory);
});

async function connect(pipeline: string): Promise<EventSourceClient> {
  const client = new EventSourceClient(server.port, pipeline);
  clients.push(client);
  return client;
}
async function pass(revision = ''): Promise<string> {
  const event = created(1, revision);
  const key = eventKey(SERVER, event) ?? '';
  await core.ledger.recordEvent(key, event, filter(event));
  core.handOn.passed(key, 'check', Date.now());
  return key;
}
const keys = (client: EventSourceClient) => client.references.map(({ key }) => key);

describe('event source server', () => {
  test('sends a reference of a pipeline’s event to its stream, and to no other pipeline’s', async () => {
    const [check, post] = [await connect('check'), await connect('post')];
    const key = await pass(REVISIONS[0]);

    expect(await until('reference', () => check.references[0])).toEqual({
      key,
      server: SERVER,
      type: 'patchset-created',
      project: 'demo',
      branch: 'master',
      pipeline: 'check',
    });
    expect(post.references).toEqual([]);
  });

  test('sends to the newest stream only, and to the older again when the newest ends', async () => {
    const older = await connect('check');
    const first = await pass(REVISIONS[0]);
    await until('the older hears', () => keys(older).includes(first));
    await core.ledger.decide(first, 'check', { kind: 'filtered', reason: 'no-project' });
    core.handOn.decided(first, 'check', { kind: 'filtered', reason: 'no-project' });

    const newer = await connect('check');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const second = await pass(REVISIONS[1]);
    await until('the newer hears', () => keys(newer).includes(second));
    expect(keys(older)).toEqual([first]);

    newer.close();
    await until('the older hears again', () => keys(older).includes(second));
  });

  test('refuses a pipeline that is not configured, counts it, and sends nothing there', async () => {
    const refused = async () => (await metrics.refusedStreams.get()).values[0]?.value ?? 0;
    const before = await refused();
    const client = await connect('nightly');

    expect(await until('refusal', () => client.failure)).toMatch(/no pipeline 'nightly'/);
    await pass(REVISIONS[0]);
    expect({ refused: (await refused()) - before, sent: client.references }).toEqual({ refused: 1, sent: [] });
  });
});
