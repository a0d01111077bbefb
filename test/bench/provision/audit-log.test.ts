import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditLog } from '../../../bench/provision/audit-log';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-'));
  file = join(folder, 'audit.log');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const line = (verb: string, resource: string, subresource = '') =>
  `${JSON.stringify({
    verb,
    userAgent: 'seakeeper-provisioner/one',
    user: { username: 'somebody' },
    objectRef: { resource, subresource, namespace: 'ci-a', name: 'compute' },
    responseStatus: { code: 200 },
    requestReceivedTimestamp: '2026-01-01T00:00:00.100000Z',
    stageTimestamp: '2026-01-01T00:00:00.200000Z',
  })}\n`;

test('writes since a mark are read; reads, leases and questions are none', async () => {
  const audit = new AuditLog(file);
  appendFileSync(file, line('patch', 'resourcequotas'));
  const mark = audit.mark();
  appendFileSync(
    file,
    line('get', 'resourcequotas') + line('update', 'leases') + line('create', 'subjectaccessreviews'),
  );
  appendFileSync(file, line('create', 'serviceaccounts', 'token') + line('patch', 'projects', 'status'));

  const writes = await audit.writesSince(mark);

  expect(writes).toEqual([
    {
      verb: 'patch',
      user: 'somebody',
      agent: 'seakeeper-provisioner/one',
      resource: 'projects/status',
      object: 'ci-a/compute',
      status: 200,
      receivedAt: Date.parse('2026-01-01T00:00:00.100Z'),
      answeredAt: Date.parse('2026-01-01T00:00:00.200Z'),
    },
  ]);
});

test('a last line that is not whole yet is left for the next look', async () => {
  appendFileSync(file, line('patch', 'resourcequotas') + line('patch', 'limitranges').slice(0, 60));

  expect(await new AuditLog(file).writesSince(0)).toHaveLength(1);
});

test('a control plane without an audit log says how to get one', () => {
  expect(() => new AuditLog(undefined).mark()).toThrow('audit: true');
});
