import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { z } from 'zod';
import { EventReference, MAX_REFERENCE_BYTES } from '../../core/decision';
import { messageOf } from '../shared/errors';
import type { Logger } from '../shared/log';
import { protoPath } from '../shared/proto-path';
import { metrics } from './metrics';

const ExecuteRequest = z.object({ payload: z.instanceof(Buffer) });
const FetchResourceRequest = z.object({ resource: z.instanceof(Buffer) });
/** The Sensor puts the message's body under `reference`. */
const Payload = z.object({ reference: EventReference });

/** What became of a message; the Sensor only logs it. */
export type Receipt = 'received' | 'decided' | 'unknown';

export interface CustomTriggerOptions {
  /** Such as `0.0.0.0:9200`. */
  readonly address: string;
  readonly log: Logger;
  /** Takes durable receipt. Rejects when the Sensor should try again. */
  readonly receive: (reference: EventReference) => Promise<Receipt>;
}

/** A Sensor pod that vanished without a word is noticed after this. */
const KEEPALIVE = { 'grpc.keepalive_time_ms': 15_000, 'grpc.keepalive_timeout_ms': 10_000 };

type Call = ServerUnaryCall<unknown, unknown>;
type Callback = sendUnaryData<object>;

/**
 * Serves Argo Events' custom trigger contract. `Execute` takes durable receipt and returns: the Sensor is serial and
 * sets no deadline. A message that is no reference, or a reference that the ledger does not know, is counted and
 * answered with success: it can only be forged or stale, and the Sensor would send it again and hold up the others.
 */
export async function startCustomTriggerServer(
  options: CustomTriggerOptions,
): Promise<{ port: number; stop: () => Promise<void> }> {
  const { log } = options;
  const service = loadSync(protoPath('trigger.proto'), { keepCase: true, defaults: true })['triggers.Trigger'];
  if (service === undefined || 'format' in service) {
    throw new Error('trigger.proto defines no service triggers.Trigger; use the file that ships with the services');
  }
  const definition: ServiceDefinition = service;
  const server = new Server({ ...KEEPALIVE, 'grpc.max_receive_message_length': 2 * MAX_REFERENCE_BYTES });
  server.addService(definition, {
    FetchResource: (call: Call, callback: Callback) => {
      const request = FetchResourceRequest.safeParse(call.request);
      callback(null, { resource: request.data?.resource ?? Buffer.alloc(0) });
    },
    Execute: (call: Call, callback: Callback) => {
      execute(call.request, options).then(
        (outcome) => {
          metrics.messages.inc({ outcome });
          callback(null, { response: Buffer.from(outcome) });
        },
        (error: unknown) => {
          metrics.messages.inc({ outcome: 'failed' });
          log.warn({ reason: messageOf(error) }, 'no receipt for a message; the Sensor will send it again');
          callback({ code: status.UNAVAILABLE, details: 'no durable receipt now; try again' });
        },
      );
    },
    ApplyPolicy: (_call: Call, callback: Callback) => callback(null, { success: true, message: 'ok' }),
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(options.address, ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  const stop = () =>
    new Promise<void>((resolve) => {
      // Calls that run may end; a Sensor that keeps its connection does not hold us up.
      const force = setTimeout(() => server.forceShutdown(), 3_000);
      server.tryShutdown(() => {
        clearTimeout(force);
        resolve();
      });
    });
  return { port, stop };
}

async function execute(request: unknown, { log, receive }: CustomTriggerOptions): Promise<Receipt | 'malformed'> {
  const reference = parseReference(request);
  if (reference === undefined) {
    log.warn('a message is no event reference; dropped');
    return 'malformed';
  }
  const outcome = await receive(reference);
  if (outcome === 'unknown') {
    log.warn(
      { key: reference.key.slice(0, 200), pipeline: reference.pipeline },
      'a message names what the ledger did not hand on; refused',
    );
  }
  return outcome;
}

function parseReference(request: unknown): EventReference | undefined {
  try {
    const { payload } = ExecuteRequest.parse(request);
    return payload.length > MAX_REFERENCE_BYTES
      ? undefined
      : Payload.parse(JSON.parse(payload.toString('utf8'))).reference;
  } catch {
    return undefined;
  }
}
