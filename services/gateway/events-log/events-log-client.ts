import { z } from 'zod';
import { TerminalError, TransientError } from '../../shared/errors';
import { AnswerTooLargeError, excerpt, type GerritAnswer, type GerritHttp } from '../../shared/gerrit-http';
import type { TimeSlice } from './plan-log-slices';
import { renderServerTime } from './render-server-time';

/** What the plug-in answers for a slice. */
export type LogAnswer =
  /** `now`: its server's clock when it answered. Milliseconds since 1970. */
  { readonly kind: 'rows'; readonly rows: readonly string[]; readonly now: number } | { readonly kind: 'too-large' };

/** Events that the server has logged, each a line as its stream would have said it. */
export interface LoggedEvents {
  /** Most rows of one answer, those we may not see counted too. */
  readonly returnLimit: number;
  /** Rejects with `LogNotThereError` when the plug-in is not there for us. */
  rowsBetween(slice: TimeSlice): Promise<LogAnswer>;
}

/** The server has no such plug-in, or not for our account. */
export class LogNotThereError extends TerminalError {}

export interface EventsLogClientOptions {
  readonly http: Pick<GerritHttp, 'call'>;
  /** Of the server, whose clock the plug-in reads times by. */
  readonly timeZone: string;
  readonly returnLimit: number;
}

/** Gerrit puts this before its JSON; the plug-in does not, but something between us may. */
const MAGIC_PREFIX = ")]}'";
const Row = z.object({ eventCreatedOn: z.number() });

/**
 * The events-log plug-in of Gerrit. Written to its documentation and source, and run in our tests against a server that
 * answers in its format: the plug-in itself was not at hand.
 *
 * @see https://gerrit.googlesource.com/plugins/events-log/+/refs/heads/master/src/main/resources/Documentation/rest-api-events.md
 */
export class EventsLogClient implements LoggedEvents {
  readonly returnLimit: number;

  constructor(private readonly options: EventsLogClientOptions) {
    this.returnLimit = options.returnLimit;
  }

  async rowsBetween(slice: TimeSlice): Promise<LogAnswer> {
    const { http, timeZone } = this.options;
    const [t1, t2] = [renderServerTime(slice.from, timeZone), renderServerTime(slice.to, timeZone)];
    const path = `/plugins/events-log/events/?t1=${encodeURIComponent(t1)};t2=${encodeURIComponent(t2)}`;
    let answer: GerritAnswer;
    try {
      answer = await http.call('GET', path, { accepted: [403, 404], accept: '*/*' });
    } catch (error) {
      if (error instanceof AnswerTooLargeError) {
        return { kind: 'too-large' };
      }
      throw error;
    }
    if (answer.status === 403 || answer.status === 404) {
      throw new LogNotThereError(`GET /plugins/events-log/events/: ${answer.status} ${excerpt(answer.text)}`);
    }
    if (answer.date === undefined) {
      throw new TransientError(
        'events-log: the answer has no Date header, which tells the server’s time; see to the proxy',
      );
    }
    const rows = answer.text.split('\n').filter((row) => row !== '' && row !== MAGIC_PREFIX);
    refuseStrays([rows[0], rows.at(-1)], t1, t2, timeZone);
    return { kind: 'rows', rows, now: answer.date };
  }
}

/** Throws when an event is not from the time that was asked for: the plug-in's clock is not the one we think. */
function refuseStrays(rows: readonly (string | undefined)[], t1: string, t2: string, timeZone: string): void {
  for (const row of rows) {
    const seconds = row === undefined ? undefined : createdOn(row);
    const at = seconds === undefined ? t1 : renderServerTime(seconds * 1000, timeZone);
    if (at < t1 || at > t2) {
      throw new TerminalError(
        `events-log: asked for ${t1} to ${t2}, it answers with an event of ${at} (${timeZone}): its server has another time zone; set gerrit.eventsLog.timeZone to that`,
      );
    }
  }
}

function createdOn(row: string): number | undefined {
  try {
    return Row.safeParse(JSON.parse(row)).data?.eventCreatedOn;
  } catch {
    // No event; whoever takes the rows says so.
    return undefined;
  }
}
