import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Decision } from '../../core/decision';
import type { DryRun } from '../../core/dry-run';
import type { GerritEvent } from '../../core/gerrit-event';
import { GATEWAY_HEADER } from '../../core/service-config';
import { messageOf } from '../shared/errors';
import type { Logger } from '../shared/log';
import { type Explain, readHistory } from './change-histories';
import type { HandOn } from './hand-on';
import type { DurableFeed, FeedPage } from './ledger/durable-feed';
import type { Ledger } from './ledger/ledger';
import { metrics } from './metrics';
import { replicaRoute } from './replication/replica-route';
import type { Replication } from './replication/replication';
import { REPLICA_PATH } from './replication/wire';
import type { Authenticate, Caller } from './token-reviewer';

/** Keys hold a project name, encoded twice on the way here. Characters. */
const MOST_KEY = 4096;
const MOST_BODY_BYTES = 256 * 1024;
const MOST_WAIT_SECONDS = 60;
const FEED_PAGE = 500;

const EventParams = z.object({ key: z.string() });
const PairParams = z.object({ key: z.string(), pipeline: z.string() });
const RunParams = z.object({ uid: z.string() });
const FeedQuery = z.object({
  after: z.coerce.number().int().min(0).default(0),
  waitSeconds: z.coerce.number().min(0).max(MOST_WAIT_SECONDS).default(0),
});
const WholeNumber = z.coerce.number().int().min(0);
const ChangeParams = z.object({ change: WholeNumber });
const WhyQuery = z.object({ project: z.string(), change: WholeNumber, patchSet: WholeNumber.optional() });
const ProjectQuery = z.object({ project: z.string() });
const ConfigQuery = FeedQuery.extend({ after: z.coerce.number().int().min(0).optional() });

export interface LedgerApiOptions {
  readonly ledger: Ledger;
  readonly handOn: HandOn;
  readonly authenticate: Authenticate;
  /** Why an event starts nothing. */
  readonly explain: Explain;
  /** How many of a project's events would start each pipeline. */
  readonly dryRun: (events: readonly GerritEvent[]) => DryRun;
  readonly log: Logger;
  /** Aborted when the gateway stops, so that nobody waits on it. */
  readonly signal: AbortSignal;
  /** The standbys, and whether this replica still leads. @default - there is no other replica */
  readonly standbys?: Pick<Replication, 'asked' | 'commit'> & { readonly leads: () => boolean };
}

/**
 * The ledger over HTTP, JSON, for the trigger (which also writes), the reporter (which only reads), the provisioner
 * (which reads where `refs/meta/config` moved, and nothing else), the status pages (which read what became of a change,
 * and nothing else) and the other replicas (which copy all of it, and nothing else). A key or pair that the ledger did not hand on is 404 and counted: it is what a forged message on the
 * bus comes to.
 */
export function createLedgerApi(options: LedgerApiOptions): FastifyInstance {
  const { ledger, handOn, log } = options;
  const api = fastify({
    bodyLimit: MOST_BODY_BYTES,
    routerOptions: { maxParamLength: MOST_KEY },
    // Connections are the callers' to keep; a stop closes them at once.
    forceCloseConnections: true,
  });
  // Clients name the type of a body they do not send, too.
  api.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : JSON.parse(body.toString()));
    } catch {
      done(Object.assign(new Error('the body is not JSON'), { statusCode: 400 }));
    }
  });
  const callers = new WeakMap<FastifyRequest, Caller>();
  api.addHook('onRequest', async (_request, reply) => {
    reply.header(GATEWAY_HEADER, 'true');
  });
  if (options.standbys !== undefined) {
    addStandbys(api, options.standbys);
  }

  api.addHook('onRequest', async (request, reply) => {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    const caller = token === undefined ? undefined : await options.authenticate(token);
    if (caller === undefined) {
      metrics.refused.inc({ why: token === undefined ? 'no-token' : 'wrong-token' });
      return refuse(
        reply,
        401,
        'send the ServiceAccount token of trigger, reporter, provisioner or status, for our audience',
      );
    }
    callers.set(request, caller);
    return undefined;
  });

  const only =
    (...allowed: Caller[]) =>
    async (request: FastifyRequest, reply: FastifyReply) => {
      const caller = callers.get(request);
      if (caller === undefined || !allowed.includes(caller)) {
        metrics.refused.inc({ why: 'wrong-caller' });
        return refuse(reply, 403, `this is for ${allowed.join(' and ')} only`);
      }
      return undefined;
    };
  const onlyTrigger = only('trigger');
  const readers = only('trigger', 'reporter');
  /** What comes after a place in a feed, once anything does or the wait is over. */
  const follow = async <Line, After>(
    waitSeconds: number,
    feed: DurableFeed<Line, After>,
    after: After,
  ): Promise<FeedPage<Line>> => {
    const deadline = AbortSignal.any([AbortSignal.timeout(waitSeconds * 1000), options.signal]);
    for (;;) {
      const page = feed.after(after, FEED_PAGE);
      if (page.records.length > 0 || deadline.aborted) {
        return page;
      }
      await feed.waitForMore(deadline);
    }
  };
  const unknown = (reply: FastifyReply, what: string) => {
    metrics.unknownKeys.inc();
    log.warn({ what: what.slice(0, 200) }, 'asked about something the ledger does not know');
    return refuse(reply, 404, 'the ledger does not know it');
  };
  const record = async (key: string, pipeline: string, decision: Decision, reply: FastifyReply) => {
    const outcome = await ledger.decide(key, pipeline, decision);
    switch (outcome.kind) {
      case 'recorded':
        handOn.decided(key, pipeline, decision);
        return reply.code(204).send();
      case 'another-stands':
        return reply.code(409).send(outcome.standing);
      case 'unknown':
        return unknown(reply, `${key} ${pipeline}`);
    }
  };

  api.get('/v1/events/:key', { preHandler: readers }, async (request, reply) => {
    const { key } = EventParams.parse(request.params);
    return (await ledger.events.find(key)) ?? unknown(reply, key);
  });

  api.put('/v1/receipts/:key/:pipeline', { preHandler: onlyTrigger }, async (request, reply) => {
    const { key, pipeline } = PairParams.parse(request.params);
    const outcome = await ledger.receive(key, pipeline);
    if (outcome.kind === 'unknown') {
      return unknown(reply, `${key} ${pipeline}`);
    }
    if (outcome.kind === 'another-stands') {
      return reply.code(200).send(outcome.standing);
    }
    handOn.received(key, pipeline);
    return reply.code(204).send();
  });

  api.put('/v1/decisions/:key/:pipeline', { preHandler: onlyTrigger }, async (request, reply) => {
    const { key, pipeline } = PairParams.parse(request.params);
    return record(key, pipeline, Decision.parse(request.body), reply);
  });

  api.post('/v1/resend', { preHandler: onlyTrigger }, async (_request, reply) => {
    handOn.resend();
    return reply.code(204).send();
  });

  api.get('/v1/dry-run', { preHandler: onlyTrigger }, async (request) => {
    const { project } = ProjectQuery.parse(request.query);
    return options.dryRun(await ledger.events.latestOf(project));
  });

  api.get('/v1/decisions', { preHandler: readers }, async (request) => {
    const { after, waitSeconds } = FeedQuery.parse(request.query);
    return follow(waitSeconds, ledger.decisions, after);
  });

  api.get('/v1/config-changes', { preHandler: only('provisioner') }, async (request) => {
    const { after, waitSeconds } = ConfigQuery.parse(request.query);
    // Where the present is can be said at once.
    return follow(after === undefined ? 0 : waitSeconds, ledger.configChanges, after);
  });

  api.get('/v1/why-questions', { preHandler: only('reporter') }, async (request) => {
    const { after, waitSeconds } = FeedQuery.parse(request.query);
    return follow(waitSeconds, ledger.questions, after);
  });

  // Visitors ask for whatever number they like: that the ledger knows none of them is no news.
  api.get('/v1/changes/:change', { preHandler: only('status') }, async (request, reply) => {
    const found = await ledger.events.ofChange(ChangeParams.parse(request.params).change);
    return found === undefined ? refuse(reply, 404, 'no event of this change is known') : { project: found.project };
  });

  api.get('/v1/why', { preHandler: only('status', 'reporter') }, async (request, reply) => {
    const history = await readHistory(ledger, options.explain, WhyQuery.parse(request.query));
    return history ?? refuse(reply, 404, 'no event of this change is known');
  });

  api.get('/v1/quarantine', { preHandler: readers }, async () => ({ items: ledger.quarantined() }));

  api.get('/v1/runs/:uid', { preHandler: readers }, async (request, reply) => {
    const { uid } = RunParams.parse(request.params);
    const found = ledger.findRun(uid);
    const event = found && (await ledger.events.find(found.key));
    // Owners submit Workflows by hand: that the ledger made none of them is no news.
    return found && event ? { record: found, event: event.event } : refuse(reply, 404, 'no run of ours has this UID');
  });

  if (options.standbys !== undefined) {
    const answer = replicaRoute(ledger, options.standbys, options.signal);
    api.get(REPLICA_PATH, { preHandler: only('gateway') }, answer);
  }

  api.setErrorHandler((error, request, reply) => {
    if (error instanceof z.ZodError) {
      const problems = error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
      return refuse(reply, 400, problems.join('; '));
    }
    const code = isHttpError(error) ? error.statusCode : 503;
    log.warn({ method: request.method, route: request.routeOptions.url, reason: messageOf(error) }, 'call failed');
    return refuse(reply, code, code === 503 ? 'cannot answer now' : messageOf(error));
  });
  api.setNotFoundHandler((_request, reply) => refuse(reply, 404, 'no such path'));
  return api;
}

/** Nobody is told anything but by the leader, nor before a standby that may take over has it too. */
function addStandbys(api: FastifyInstance, standbys: NonNullable<LedgerApiOptions['standbys']>): void {
  api.addHook('onRequest', async (_request, reply) =>
    standbys.leads() ? undefined : refuse(reply, 503, 'another replica leads; ask again'),
  );
  api.addHook('onSend', async (request) => {
    if (request.routeOptions.url !== REPLICA_PATH) {
      await standbys.commit();
    }
  });
}

function refuse(reply: FastifyReply, code: number, message: string): FastifyReply {
  return reply.code(code).send({ message });
}

function isHttpError(error: unknown): error is { statusCode: number } {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number';
}
