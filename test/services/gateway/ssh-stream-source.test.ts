import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Client } from 'ssh2';
import { GerritEndpoint } from '../../../core/service-config';
import { generateKeyPair, withoutComment } from '../../../local/gerrit/key-pair';
import { SshStreamSource } from '../../../services/gateway/ssh-stream-source';
import { CLIENT, FakeGerritSsh, HOST } from './fake-gerrit-ssh';
import { silent, until } from './gateway-fixture';

const OTHER_HOST = generateKeyPair('other');

let gerrit: FakeGerritSsh;
let stopping: AbortController;
let running: Promise<void> | undefined;

beforeEach(async () => {
  gerrit = new FakeGerritSsh();
  await gerrit.listen();
  stopping = new AbortController();
});
afterEach(async () => {
  stopping.abort();
  await running;
  await gerrit.close();
});

function start(
  options: {
    hostKeys?: string[];
    privateKey?: string;
    settle?: () => Promise<void>;
    port?: number;
    keepaliveMs?: number;
    connectDeadlineMs?: number;
  } = {},
) {
  const heard = { lines: [] as string[], oversize: [] as number[], connects: 0, ends: [] as string[] };
  const source = new SshStreamSource({
    endpoint: GerritEndpoint.parse({
      name: 'local',
      httpUrl: 'http://127.0.0.1',
      fetchUrl: 'http://127.0.0.1',
      sshHost: '127.0.0.1',
      sshPort: options.port ?? gerrit.port,
      sshHostKeys: options.hostKeys ?? [withoutComment(HOST.publicKey)],
      account: 'ci',
      canaryProject: 'canary',
    }),
    privateKey: () => options.privateKey ?? CLIENT.privateKey,
    log: silent,
    onLine: (line) => heard.lines.push(line.toString('utf8')),
    onOversize: (bytes) => heard.oversize.push(bytes),
    onConnected: () => {
      heard.connects += 1;
    },
    onDisconnected: (end, why) => heard.ends.push(`${end}: ${why}`),
    ...(options.keepaliveMs === undefined ? {} : { keepaliveMs: options.keepaliveMs }),
    ...(options.connectDeadlineMs === undefined ? {} : { connectDeadlineMs: options.connectDeadlineMs }),
    settle: options.settle ?? (async () => undefined),
  });
  running = source.run(stopping.signal);
  return { heard, source };
}
const stream = (number: number) => until(`stream ${number}`, () => gerrit.streams[number - 1]);

describe('SSH stream source', () => {
  test('asks for the events that pipelines can act on, and hands out their lines', async () => {
    const { heard } = start();
    (await stream(1)).write('{"type":"a"}\n{"ty');
    (await stream(1)).write('pe":"b"}\n');

    await until('lines', () => heard.lines.length === 2);
    expect(heard.lines).toEqual(['{"type":"a"}', '{"type":"b"}']);
    expect(gerrit.commands).toEqual([
      'gerrit stream-events -s patchset-created -s comment-added -s change-abandoned -s change-restored -s change-merged -s topic-changed -s hashtags-changed -s wip-state-changed -s private-state-changed -s reviewer-added -s reviewer-deleted -s vote-deleted -s ref-updated -s change-deleted',
    ]);
  });

  test('connects anew when the stream breaks in the middle of a line, and forgets the half line', async () => {
    const { heard } = start();
    (await stream(1)).write('{"type":"whole"}\n{"type":"ha');
    await until('line', () => heard.lines.length === 1);
    gerrit.connections[0]?.end();

    (await stream(2)).write('{"type":"next"}\n');
    await until('next line', () => heard.lines.length === 2);
    expect(heard.lines).toEqual(['{"type":"whole"}', '{"type":"next"}']);
    expect(heard.connects).toBe(2);
  });

  test('is back soon after a server that was away', async () => {
    const { heard } = start();
    await stream(1);
    await gerrit.close();
    await until('end', () => heard.ends.length > 0);
    await gerrit.listen();

    await stream(2);
  });

  test('refuses a host key that is not pinned, without saying who we are', async () => {
    const { heard } = start({ hostKeys: [withoutComment(OTHER_HOST.publicKey)] });

    await until('end', () => heard.ends.length > 0);
    expect(heard.ends[0]).toMatch(/^wrong-host-key: host key SHA256:.* is not pinned; .* gerrit\.sshHostKeys/);
    expect(gerrit.commands).toEqual([]);
  });

  test('takes either of two pinned keys, for a rotation', async () => {
    start({ hostKeys: [withoutComment(OTHER_HOST.publicKey), withoutComment(HOST.publicKey)] });

    await stream(1);
  });

  test('tells that the account is not let in', async () => {
    const { heard } = start({ privateKey: OTHER_HOST.privateKey });

    await until('end', () => heard.ends.length > 0);
    expect(heard.ends[0]).toMatch(/^denied: /);
  });

  test('tells what Gerrit says when the account may not stream', async () => {
    gerrit.refusal = 'fatal: stream events not permitted\n';
    const { heard } = start();

    await until('end', () => heard.ends.length > 0);
    expect(heard.ends[0]).toBe('denied: fatal: stream events not permitted');
  });

  test('reads no further while the disk cannot follow', async () => {
    let go = () => {};
    const settled = new Promise<void>((resolve) => {
      go = resolve;
    });
    const { heard } = start({ settle: () => settled });
    (await stream(1)).write('{"n":1}\n');
    await until('first line', () => heard.lines.length === 1);
    (await stream(1)).write('{"n":2}\n');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(heard.lines).toHaveLength(1);

    go();
    await until('second line', () => heard.lines.length === 2);
  });

  test('notices a peer that is gone without a word', async () => {
    const sockets: Socket[] = [];
    const proxy = createServer((inbound) => {
      const outbound = connect(gerrit.port, '127.0.0.1');
      inbound.pipe(outbound).pipe(inbound);
      sockets.push(inbound, outbound);
      for (const socket of [inbound, outbound]) {
        socket.on('error', () => undefined);
      }
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const { heard } = start({ port: (proxy.address() as AddressInfo).port, keepaliveMs: 100 });
    await stream(1);
    for (const socket of sockets) {
      socket.unpipe();
      socket.pause();
    }

    await stream(2);
    expect(heard.ends[0]).toMatch(/^lost: .*[Kk]eepalive/);
    stopping.abort();
    for (const socket of sockets) {
      socket.destroy();
    }
    proxy.close();
  });

  test('gives such a peer three intervals of 15 seconds', async () => {
    const asked = jest.spyOn(Client.prototype, 'connect');
    start();
    await stream(1);

    const [{ keepaliveInterval = 0, keepaliveCountMax = 0 } = {}] = asked.mock.calls[0] ?? [];
    // ssh2 gives up at the interval behind the last keepalive that may go unanswered.
    expect(keepaliveInterval * (keepaliveCountMax + 1)).toBe(45_000);
    asked.mockRestore();
  });

  test('waits for nobody for ever: neither for a host that says nothing', async () => {
    const mute = createServer((socket) => socket.on('error', () => undefined));
    mute.listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { heard } = start({ port: (mute.address() as AddressInfo).port, connectDeadlineMs: 200 });

    await until('end', () => heard.ends.length > 0);
    expect(heard.ends[0]).toMatch(/^lost: (no event stream within 200 ms|Timed out while waiting for handshake)$/);
    stopping.abort();
    mute.close();
  });

  test('nor for one that lets us in and does not answer the command', async () => {
    gerrit.ignoresCommands = true;
    const { heard } = start({ connectDeadlineMs: 500 });

    await until('end', () => heard.ends.length > 0);
    expect(heard.ends[0]).toBe('lost: no event stream within 500 ms');
  });

  test('connects anew when asked to', async () => {
    const { source } = start();
    await stream(1);
    source.restart();

    await stream(2);
  });
});
