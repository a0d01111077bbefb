import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { parseRejectionPath, parseRunPath } from '../../core/permalink';
import { messageOf } from '../shared/errors';
import type { Logger } from '../shared/log';
import { pagesTotal } from './metrics';
import type { RunModel } from './model-run';
import { renderIndexPage, renderMessagePage, renderRejectionPage, renderRunPage } from './render-pages';
import { STYLE } from './render-style';
import type { RunReader } from './run-reader';

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
  /** Names of the pipelines that stack config has. */
  readonly pipelines: readonly string[];
  readonly gerritUrl: string | undefined;
  readonly log: Logger;
}

/** The public pages. They need no account, run no script, and show public projects only. */
export function createStatusServer(options: StatusServerOptions): FastifyInstance {
  const { reader, log, gerritUrl, pipelines } = options;
  const server = fastify({ logger: false, requestTimeout: 30_000, routerOptions: { maxParamLength: 300 } });
  server.addHook('onRequest', async (_request, reply) => void reply.headers(HEADERS));
  server.addHook('onResponse', async (request, reply) => {
    pagesTotal.inc({ route: request.routeOptions.url ?? 'none', code: reply.statusCode });
  });
  server.setNotFoundHandler((_request, reply) => notFound(reply));
  server.setErrorHandler((error, request, reply) => {
    log.error({ path: request.url, reason: messageOf(error) }, 'page failed');
    const message = 'The page could not be made just now. Try again in a moment.';
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
  return server;
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
