import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { parseNumber, parseRejectionPath, parseRunPath } from '../../core/permalink';
import { messageOf } from '../shared/errors';
import type { Logger } from '../shared/log';
import { pagesTotal } from './metrics';
import type { RunModel } from './model-run';
import { renderIndexPage, renderMessagePage, renderRejectionPage, renderRunPage } from './render-pages';
import { STYLE } from './render-style';
import { renderWhyPage } from './render-why-page';
import type { RunReader } from './run-reader';
import type { WhyReader } from './why-reader';

/** Nothing but our own style sheet: no script, no frame, no form, no other origin. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
} as const;

const DNS_LABEL = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

export interface StatusServerOptions {
  readonly reader: RunReader;
  readonly why: Pick<WhyReader, 'find'>;
  /** Names of the pipelines that stack config has. */
  readonly pipelines: readonly string[];
  readonly gerritUrl: string | undefined;
  readonly log: Logger;
}

/** The public pages. They need no account, run no script, and show public projects only. */
export function createStatusServer(options: StatusServerOptions): FastifyInstance {
  const { reader, why, log, gerritUrl, pipelines } = options;
  const server = fastify({ logger: false, requestTimeout: 30_000, routerOptions: { maxParamLength: 300 } });
  server.addHook('onRequest', async (_request, reply) => void reply.headers(HEADERS));
  server.addHook('onResponse', async (request, reply) => {
    pagesTotal.inc({ route: request.routeOptions.url ?? 'none', code: reply.statusCode });
  });
  server.setNotFoundHandler((_request, reply) => notFound(reply));
  server.setErrorHandler((error, request, reply) => {
    log.error({ path: request.url, reason: messageOf(error) }, 'page failed');
    const message = 'The page could not be made just now. Try again in a moment.';
    if (wantsJson(request)) {
      return reply.code(503).send({ message });
    }
    return sendPage(reply.code(503), renderMessagePage('Not available', message));
  });

  /** The run of a path, or undefined. */
  const find = async ({ pipeline, run }: RunParams): Promise<RunModel | undefined> => {
    const address = parseRunPath(pipeline, run);
    return address === undefined ? undefined : reader.find(address);
  };

  server.get('/', async (_request, reply) => sendPage(reply, renderIndexPage(await reader.newest())));
  server.get('/style.css', (_request, reply) =>
    reply.header('cache-control', 'public, max-age=3600').type('text/css; charset=utf-8').send(STYLE),
  );
  server.get<{ Params: RunParams }>('/job/:pipeline/:run', async ({ params }, reply) => {
    const commit = parseRejectionPath(params.run);
    if (commit !== undefined && pipelines.includes(params.pipeline)) {
      return sendPage(reply, renderRejectionPage(params.pipeline, commit));
    }
    const run = await find(params);
    return run === undefined
      ? notFound(reply)
      : sendPage(reply, renderRunPage(run, await reader.tails(run), { gerritUrl }));
  });
  server.get<{ Params: RunParams & { pod: string } }>('/job/:pipeline/:run/log/:pod', async ({ params }, reply) => {
    const run = DNS_LABEL.test(params.pod) ? await find(params) : undefined;
    const body = run === undefined ? undefined : await reader.log(run, params.pod);
    return body === undefined ? notFound(reply) : reply.type('text/plain; charset=utf-8').send(body);
  });
  server.get<{ Params: RunParams & { '*': string } }>('/job/:pipeline/:run/artifact/*', async ({ params }, reply) => {
    const run = await find(params);
    const object = run === undefined ? undefined : await reader.artifact(run, params['*']);
    if (object === undefined) {
      return notFound(reply);
    }
    const fileName = encodeURIComponent(params['*'].split('/').at(-1) ?? 'artifact');
    return reply
      .headers({
        'content-disposition': `attachment; filename*=UTF-8''${fileName}`,
        ...(object.bytes === undefined ? {} : { 'content-length': object.bytes }),
      })
      .type('application/octet-stream')
      .send(object.body);
  });
  const answerWhy = async (request: FastifyRequest<{ Params: WhyParams }>, reply: FastifyReply) => {
    const asked = parseWhy(request.params);
    const answer = asked === undefined ? undefined : await why.find(asked.change, asked.patchSet);
    reply.header('vary', 'Accept');
    if (wantsJson(request)) {
      return answer === undefined ? reply.code(404).send({ message: UNKNOWN_CHANGE }) : reply.send(answer);
    }
    return answer === undefined
      ? sendPage(reply.code(404), renderMessagePage('Not found', UNKNOWN_CHANGE))
      : sendPage(reply, renderWhyPage(answer, { gerritUrl }));
  };
  server.get<{ Params: WhyParams }>('/why/:change', answerWhy);
  server.get<{ Params: WhyParams }>('/why/:change/:patchSet', answerWhy);
  return server;
}

/** One text for what was never seen and for what is not public. */
const UNKNOWN_CHANGE =
  'No change of this number is shown: nothing was seen of it, it is longer ago than the ledger keeps, or it is not public.';
const JSON_SUFFIX = /\.json$/;

interface WhyParams {
  readonly change: string;
  readonly patchSet?: string;
}

/** What is asked about; undefined when the path names no change. Its last part may end in `.json`. */
function parseWhy({ change, patchSet }: WhyParams): { change: number; patchSet?: number } | undefined {
  const number = parseNumber(patchSet === undefined ? change.replace(JSON_SUFFIX, '') : change);
  if (number === undefined || patchSet === undefined) {
    return number === undefined ? undefined : { change: number };
  }
  const ofPatchSet = parseNumber(patchSet.replace(JSON_SUFFIX, ''));
  return ofPatchSet === undefined ? undefined : { change: number, patchSet: ofPatchSet };
}

/** Whether a program asks why, by the path or by what it accepts. */
function wantsJson({ headers, url }: FastifyRequest): boolean {
  const [path = ''] = url.split('?');
  const [first = ''] = (headers.accept ?? '').split(/[,;]/);
  return path.startsWith('/why/') && (JSON_SUFFIX.test(path) || first.trim() === 'application/json');
}

interface RunParams {
  readonly pipeline: string;
  readonly run: string;
}

function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(page);
}

function notFound(reply: FastifyReply): FastifyReply {
  const message = 'There is no such page: the address is wrong, the run is not public, or nothing of it is kept.';
  return sendPage(reply.code(404), renderMessagePage('Not found', message));
}
