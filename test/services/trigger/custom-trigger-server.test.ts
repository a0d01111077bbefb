import { Client, credentials, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { pino } from 'pino';
import type { EventReference } from '../../../core/decision';
import { TransientError } from '../../../services/shared/errors';
import { protoPath } from '../../../services/shared/proto-path';
import { type Receipt, startCustomTriggerServer } from '../../../services/trigger/custom-trigger-server';

const REFERENCE: EventReference = {
  key: 'local:patchset-created:demo:7:a',
  server: 'local',
  type: 'patchset-created',
  project: 'demo',
  branch: 'main',
  pipeline: 'check',
};

let received: EventReference[];
let answer: () => Promise<Receipt>;
let stop: () => Promise<void>;
let client: Client;

beforeEach(async () => {
  received = [];
  const server = await startCustomTriggerServer({
    address: '127.0.0.1:0',
    log: pino({ level: 'silent' }),
    receive: (reference) => {
      received.push(reference);
      return answer();
    },
  });
  stop = server.stop;
  client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
});

afterEach(async () => {
  client.close();
  await stop();
});

/** Calls as Argo's Sensor does. */
function call(method: string, request: object): Promise<Record<string, Buffer | boolean | string>> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      `/triggers.Trigger/${method}`,
      (value: Buffer) => value,
      (value: Buffer) => value,
      encode(method, request),
      (error, response) => (error ? reject(error) : resolve(decode(method, response ?? Buffer.alloc(0)))),
    );
  });
}

const definition = loadSync(protoPath('trigger.proto'), { keepCase: true, defaults: true })['triggers.Trigger'];
function methodOf(name: string) {
  const method = definition !== undefined && !('format' in definition) ? definition[name] : undefined;
  if (method === undefined) {
    throw new Error(`no method ${name}`);
  }
  return method;
}
const encode = (name: string, request: object): Buffer => methodOf(name).requestSerialize(request);
const decode = (name: string, response: Buffer) =>
  methodOf(name).responseDeserialize(response) as Record<string, Buffer | boolean | string>;

const execute = async (payload: unknown): Promise<string> => {
  const bytes = Buffer.isBuffer(payload) ? payload : Buffer.from(JSON.stringify(payload));
  return String((await call('Execute', { resource: Buffer.from('pipeline: check'), payload: bytes }))['response']);
};

test('the resource comes back as the Sensor’s object has it', async () => {
  const answered = await call('FetchResource', { resource: Buffer.from('pipeline: check\n') });

  expect(String(answered['resource'])).toBe('pipeline: check\n');
});

test('a reference is received, and the answer says what became of it', async () => {
  answer = async () => 'received';

  expect(await execute({ reference: REFERENCE })).toBe('received');
  expect(received).toEqual([REFERENCE]);
});

test('a reference that the ledger does not know is answered with success, so that it holds up nobody', async () => {
  answer = async () => 'unknown';

  expect(await execute({ reference: REFERENCE })).toBe('unknown');
});

test.each<[string, unknown]>([
  ['no JSON', Buffer.from('{')],
  ['no reference', { a: 1 }],
  ['a reference with more in it', { reference: { ...REFERENCE, subject: '{{=1}}' } }],
  ['a reference without a key', { reference: { ...REFERENCE, key: '' } }],
  ['too large', { reference: { ...REFERENCE, key: 'x'.repeat(70_000) } }],
])('a message that is %s does nothing and is answered with success', async (_what, payload) => {
  expect(await execute(payload)).toBe('malformed');
  expect(received).toEqual([]);
});

test('without a durable receipt the Sensor is asked to try again', async () => {
  answer = async () => {
    throw new TransientError('ledger down, password=secret');
  };

  await expect(execute({ reference: REFERENCE })).rejects.toMatchObject({
    code: status.UNAVAILABLE,
    details: 'no durable receipt now; try again',
  });
});

test('the policy is content with any answer', async () => {
  expect(await call('ApplyPolicy', { request: Buffer.from('received') })).toMatchObject({ success: true });
});
