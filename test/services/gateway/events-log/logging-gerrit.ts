import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Temporal } from '@js-temporal/polyfill';

interface Row {
  readonly project: string;
  /** `date_created` as the database has it: whole seconds on the server's clock. */
  readonly date: string;
  readonly event: string;
}

/**
 * A server that answers as the plug-in events-log documents it and its source does it: between two times of its own time zone,
 * both included, the oldest up to a limit, and of those only what the caller may see. The plug-in itself was not at hand.
 */
export class LoggingGerrit {
  /** Queries as they came. */
  readonly queries: string[] = [];
  /** Answers every query with this status and nothing else. */
  status: number | undefined;
  returnLimit = 5000;
  /** Whether answers have a Date. */
  tellsTime = true;
  timeZone = 'UTC';
  /** Projects whose rows the caller may not see. */
  readonly hidden = new Set<string>();
  private readonly rows: Row[] = [];
  private readonly server: Server = createServer((request, response) => this.serve(request, response));

  /** @param now - the server's clock */
  constructor(public now: number) {}

  /** Resolves to the base URL. */
  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  /** Logs an event under its time; milliseconds since 1970. */
  log(event: object, at: number, project = 'demo'): void {
    const line = JSON.stringify({ ...event, eventCreatedOn: Math.floor(at / 1000), project: { name: project } });
    this.rows.push({ project, date: this.local(at), event: line });
  }

  /** A row whatever it is. */
  logText(event: string, at: number): void {
    this.rows.push({ project: 'demo', date: this.local(at), event });
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const [path, query = ''] = (request.url ?? '').split('?');
    response.sendDate = false;
    if (this.tellsTime) {
      response.setHeader('Date', new Date(this.now).toUTCString());
    }
    response.setHeader('Content-Type', 'text/html');
    if (path !== '/a/plugins/events-log/events/' || request.headers.authorization === undefined) {
      response.writeHead(path === '/a/plugins/events-log/events/' ? 401 : 404).end('Not found');
      return;
    }
    this.queries.push(decodeURIComponent(query));
    if (this.status !== undefined) {
      response.writeHead(this.status).end(`status ${this.status}`);
      return;
    }
    const given = new Map(query.split(/[&;]/).map((pair) => pair.split('=') as [string, string]));
    const [t1, t2] = [decodeURIComponent(given.get('t1') ?? ''), decodeURIComponent(given.get('t2') ?? '')].sort();
    if (![t1, t2].every((time) => /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(time ?? ''))) {
      response.writeHead(400).end();
      return;
    }
    const found = this.rows
      .filter(({ date }) => date >= (t1 ?? '') && date <= (t2 ?? ''))
      .sort((a, b) => (a.date < b.date ? -1 : Number(a.date > b.date)))
      .slice(0, this.returnLimit)
      .filter(({ project }) => !this.hidden.has(project));
    response.end(found.map(({ event }) => `${event}\n`).join(''));
  }

  private local(at: number): string {
    const time = Temporal.Instant.fromEpochMilliseconds(Math.floor(at / 1000) * 1000).toZonedDateTimeISO(this.timeZone);
    return time.toPlainDateTime().toString({ smallestUnit: 'second' }).replace('T', ' ');
  }
}
