import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fetch } from 'undici';
import { z } from 'zod';
import { freePort } from '../../local/gerrit/free-address';
import { selfSignedCertificate } from '../../local/stack/self-signed-certificate';
import { ensureToolchain } from '../../local/toolchain/toolchain';
import { until } from '../../local/until';
import { endProcess } from '../event-path/service-process';

/** As Argo's EventSource publishes, and its Sensor subscribes. */
const STREAM = 'default';
const HOST = '127.0.0.1';

const Jetstream = z.object({
  account_details: z
    .array(
      z.object({
        stream_detail: z
          .array(
            z.object({
              name: z.string(),
              state: z.object({ messages: z.int() }),
              consumer_detail: z.array(z.unknown()).nullish(),
            }),
          )
          .nullish(),
      }),
    )
    .nullish(),
});

/** A message as Argo's EventSource puts it on the bus. */
export interface BusMessage {
  readonly eventSource: string;
  readonly event: string;
  /** What a Sensor finds under `body`. */
  readonly body: object;
}

/** The EventBus as the stack has it: NATS with JetStream on disk, synced on every write. A process of this machine. */
export class Bus {
  private constructor(
    readonly port: number,
    private readonly monitorPort: number,
    /** Ends it. */
    readonly stop: () => Promise<void>,
  ) {}

  static async start(parent: string): Promise<Bus> {
    const toolchain = await ensureToolchain(['nats']);
    const [port, monitorPort] = await Promise.all([freePort(), freePort()]);
    const folder = join(parent, 'nats');
    mkdirSync(folder, { recursive: true });
    // Argo's clients insist on TLS where they do not elect; they check no certificate when told of none.
    const { certificate, key } = await selfSignedCertificate(['localhost']);
    writeFileSync(join(folder, 'tls.crt'), certificate);
    writeFileSync(join(folder, 'tls.key'), key, { mode: 0o600 });
    const config = join(folder, 'nats.conf');
    writeFileSync(config, renderConfig(folder, port, monitorPort));
    const log = openSync(join(folder, 'nats.log'), 'a');
    const child = spawn(toolchain.binary('nats-server'), ['--config', config], { stdio: ['ignore', log, log] });
    closeSync(log);
    const bus = new Bus(port, monitorPort, () => endProcess(child));
    await until('NATS serves', async () => (await bus.state()) !== undefined, 30_000, 50).catch(async (error) => {
      await bus.stop();
      throw error;
    });
    return bus;
  }

  /** Messages in the stream, and Sensors' triggers that subscribe to it. Undefined before a Sensor has made it. */
  async stream(): Promise<{ readonly messages: number; readonly consumers: number } | undefined> {
    const { account_details: accounts } = await this.state();
    const found = accounts?.flatMap(({ stream_detail: streams }) => streams ?? []).find(({ name }) => name === STREAM);
    return found && { messages: found.state.messages, consumers: found.consumer_detail?.length ?? 0 };
  }

  /** Publishes all of them; resolves when they are in the stream, on disk. */
  async publish(messages: readonly BusMessage[]): Promise<void> {
    const before = (await this.stream())?.messages ?? 0;
    await this.send(messages.map(renderPublication).join(''));
    const look = async () => ((await this.stream())?.messages ?? 0) >= before + messages.length;
    await until(`${messages.length} messages are on the bus`, look, 60_000, 50);
  }

  private async state(): Promise<z.infer<typeof Jetstream>> {
    const answer = await fetch(`http://${HOST}:${this.monitorPort}/jsz?accounts=true&streams=true&consumers=true`);
    return Jetstream.parse(await answer.json());
  }

  /** The client protocol of NATS, as far as one needs it to publish. */
  private send(publications: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.port, HOST);
      socket.setEncoding('utf8');
      socket.once('error', reject);
      let heard = '';
      socket.on('data', (text: string) => {
        heard += text;
        if (heard.includes('-ERR')) reject(new Error(`NATS refuses: ${heard.slice(-200)}`));
        if (heard.includes('PONG')) {
          socket.end();
          resolve();
        }
      });
      socket.write(`CONNECT {"verbose":false,"pedantic":false}\r\n${publications}PING\r\n`);
    });
  }
}

/** A CloudEvent, as Argo's generic EventSource writes one. */
function renderPublication({ eventSource, event, body }: BusMessage): string {
  const text = JSON.stringify({
    specversion: '1.0',
    id: randomUUID().replaceAll('-', ''),
    source: eventSource,
    type: 'generic',
    subject: event,
    datacontenttype: 'application/json',
    time: new Date().toISOString(),
    data: { body },
  });
  return `PUB ${STREAM}.${eventSource}.${event} ${Buffer.byteLength(text)}\r\n${text}\r\n`;
}

const renderConfig = (folder: string, port: number, monitorPort: number): string => `
server_name: bench
listen: "${HOST}:${port}"
http: "${HOST}:${monitorPort}"
jetstream {
  store_dir: "${join(folder, 'data')}"
  sync_interval: always
}
tls {
  cert_file: "${join(folder, 'tls.crt')}"
  key_file: "${join(folder, 'tls.key')}"
}
allow_non_tls: true
`;
