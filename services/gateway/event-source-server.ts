import { Server, ServerCredentials, type ServerWritableStream, type ServiceDefinition, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { z } from 'zod';
import { messageOf } from '../shared/errors';
import type { Logger } from '../shared/log';
import { protoPath } from '../shared/proto-path';
import type { HandOn } from './hand-on';
import { metrics } from './metrics';

const EventSourceRequest = z.object({ name: z.string(), config: z.instanceof(Buffer) });

interface BusEvent {
  readonly name: string;
  readonly payload: Buffer;
}

/** An EventSource pod that vanished without a word is noticed after this, and its successor is sent to at once. */
const KEEPALIVE = { 'grpc.keepalive_time_ms': 15_000, 'grpc.keepalive_timeout_ms': 10_000 };

/** References waiting in one stream. */
const MOST_BUFFERED = 1024;

/**
 * Serves Argo Events' generic EventSource contract: one stream a pipeline, asked for by `config` or, where that names
 * no pipeline, by event name. The contract knows no acknowledgement and no TLS, so what is sent is only a reference,
 * and the port is fenced to its one caller. `leads` is asked before each: who leads no more sends nothing.
 */
export async function startEventSourceServer(
  address: string,
  handOn: HandOn,
  log: Logger,
  leads: () => boolean = () => true,
): Promise<{ port: number; stop: () => void }> {
  const service = loadSync(protoPath('generic.proto'), { keepCase: true, defaults: true })['generic.Eventing'];
  if (service === undefined || 'format' in service) {
    throw new Error('generic.proto defines no service generic.Eventing; use the file that ships with the services');
  }
  const definition: ServiceDefinition = service;
  const server = new Server(KEEPALIVE);
  server.addService(definition, {
    StartEventSource: (call: ServerWritableStream<unknown, BusEvent>) => serveStream(call, handOn, log, leads),
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { port, stop: () => server.forceShutdown() };
}

function serveStream(
  call: ServerWritableStream<unknown, BusEvent>,
  handOn: HandOn,
  log: Logger,
  leads: () => boolean,
): void {
  const request = EventSourceRequest.safeParse(call.request);
  const { name, config } = request.data ?? { name: '', config: Buffer.alloc(0) };
  const pipeline = [config.toString('utf8').trim(), name].find((candidate) => handOn.has(candidate));
  if (pipeline === undefined) {
    metrics.refusedStreams.inc();
    log.warn({ name }, 'an EventSource asks for a pipeline that is not configured');
    call.emit('error', { code: status.NOT_FOUND, details: `no pipeline '${name}'; see stack config` });
    return;
  }
  const peer = call.getPeer();
  log.info({ pipeline, peer }, 'EventSource listens');
  const end = handOn.listen(pipeline, {
    send: (_reference, payload) => {
      // A pod that takes nothing more (its bus is down) must not fill our memory; what is not sent now is sent later.
      if (leads() && call.writableLength < MOST_BUFFERED) {
        call.write({ name: pipeline, payload });
      }
    },
  });
  let ended = false;
  const finish = (reason: string) => {
    if (!ended) {
      ended = true;
      log.info({ pipeline, peer, reason }, 'EventSource gone');
      end();
    }
  };
  call.on('cancelled', () => finish('cancelled'));
  call.on('close', () => finish('closed'));
  call.on('error', (error) => finish(messageOf(error)));
}
