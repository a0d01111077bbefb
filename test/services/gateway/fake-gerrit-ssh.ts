import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type Connection, Server, type ServerChannel, utils } from 'ssh2';
import { generateKeyPair } from '../../../local/gerrit/key-pair';

export const HOST = generateKeyPair('host');
export const CLIENT = generateKeyPair('client');

/** An SSH server that knows one command, `gerrit stream-events`, and says what the test says. */
export class FakeGerritSsh {
  readonly streams: ServerChannel[] = [];
  readonly commands: string[] = [];
  readonly connections: Connection[] = [];
  /** Says no to the command with this on stderr. */
  refusal: string | undefined;
  /** Lets us in and then says nothing to the command. */
  ignoresCommands = false;
  private server: Server | undefined;
  port = 0;

  async listen(): Promise<void> {
    this.server = new Server({ hostKeys: [HOST.privateKey] }, (connection) => this.serve(connection));
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Ends all connections and listens no more. */
  async close(): Promise<void> {
    for (const connection of this.connections.splice(0)) {
      connection.end();
    }
    const { server } = this;
    if (server !== undefined) {
      await new Promise<void>((resolve) => server.close(() => resolve()));
    }
    this.server = undefined;
  }

  private serve(connection: Connection): void {
    this.connections.push(connection);
    const allowed = utils.parseKey(CLIENT.publicKey);
    connection.on('error', () => undefined);
    connection.on('authentication', (context) => {
      const isAllowed =
        context.method === 'publickey' &&
        !(allowed instanceof Error) &&
        context.key.data.equals(allowed.getPublicSSH());
      return isAllowed ? context.accept() : context.reject(['publickey']);
    });
    connection.on('session', (accept) => {
      accept().on('exec', (acceptExec, _reject, { command }) => {
        if (this.ignoresCommands) {
          return;
        }
        const channel = acceptExec();
        this.commands.push(command);
        if (this.refusal === undefined) {
          this.streams.push(channel);
        } else {
          channel.stderr.write(this.refusal);
          channel.exit(1);
          channel.end();
        }
      });
    });
  }
}
