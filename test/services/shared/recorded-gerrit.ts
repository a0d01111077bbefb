import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** An answer as it was recorded from a real Gerrit; JSON gets Gerrit's prefix. */
export type Recorded =
  | { readonly json: unknown; readonly status?: number }
  | { readonly text: string; readonly status?: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly silence: true };

/** A server that gives recorded answers to `METHOD path`, in order; the last one again and again. */
export class RecordedGerrit {
  /** What was asked, as `METHOD path` without `/a`. */
  readonly calls: string[] = [];
  readonly bodies: unknown[] = [];
  readonly authorizations: (string | undefined)[] = [];
  private readonly answers = new Map<string, Recorded[]>();
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => this.answer(request, response));
  }

  /** Resolves with the base URL. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const address = this.server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the recorded Gerrit does not listen');
    return `http://127.0.0.1:${address.port}`;
  }

  on(call: string, ...answers: Recorded[]): this {
    this.answers.set(call, answers);
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const call = `${request.method} ${(request.url ?? '').replace(/^\/a/, '')}`;
    this.calls.push(call);
    this.authorizations.push(request.headers.authorization);
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      this.bodies.push(body === '' ? undefined : JSON.parse(body));
      const answers = this.answers.get(call) ?? [{ text: 'Not found', status: 404 }];
      const recorded = answers.length > 1 ? answers.shift() : answers[0];
      if (recorded === undefined || 'silence' in recorded) return;
      const text = 'json' in recorded ? `)]}'\n${JSON.stringify(recorded.json)}` : recorded.text;
      response.writeHead(recorded.status ?? 200, 'headers' in recorded ? { ...recorded.headers } : {});
      response.end(text);
    });
  }
}
