import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { findNetworkWall } from '../../../cli/review/isolation';
import { renderRevisions } from '../../../cli/review/render-revisions';
import { TestRepository } from './revisions';
import { attempt, program } from './tiny-program';

jest.setTimeout(60_000);

const Line = z.object({ object: z.object({ data: z.record(z.string(), z.string()) }) });

describe('a program that means harm, run all the same', () => {
  const outside = mkdtempSync(join(tmpdir(), 'review-outside-'));
  const written = join(outside, 'written');
  let server: Server;
  let connections = 0;
  let results: Readonly<Record<string, string>>;

  beforeAll(async () => {
    server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const connect = (to: string) =>
      attempt(
        `await new Promise<void>((resolve, reject) => require('node:net').connect(${to}).once('connect', resolve).once('error', reject))`,
      );
    const tries = {
      connect: connect(`${port}, '127.0.0.1'`),
      internet: connect(`443, '192.0.2.1'`),
      password: attempt(`require('node:fs').readFileSync('/etc/passwd')`),
      write: attempt(`require('node:fs').writeFileSync(${JSON.stringify(written)}, 'x')`),
      writeData: attempt(`require('node:fs').writeFileSync(folder + '/x', 'x')`),
      spawn: attempt(`require('node:child_process').execSync('id')`),
      worker: attempt(`new (require('node:worker_threads').Worker)('1', { eval: true })`),
      addon: attempt(`process.dlopen({ exports: {} } as never, '/lib/x86_64-linux-gnu/libm.so.6')`),
      code: attempt(`new Function('return 1')()`),
      environment: 'Promise.resolve(Object.keys(process.env).sort().join())',
    };
    const entries = Object.entries(tries).map(([name, code]) => `${name}: await ${code}`);
    const repository = new TestRepository();
    try {
      repository.write('Pulumi.yaml', 'name: x\n');
      repository.write('Pulumi.ci.yaml', 'config: {}\n');
      repository.write('package-lock.json', '{}');
      repository.write('cli/review/render-program.ts', program(`(async () => ({ ${entries.join(', ')} }))()`));
      const base = repository.commit('harm');
      process.env['REVIEW_TEST_TOKEN'] = 'a token of the job';
      const { before } = await renderRevisions({ stack: 'ci', folder: repository.folder, base, allowNetwork: false });
      results = Line.parse(JSON.parse(before.lines[0] ?? '')).object.data;
    } finally {
      delete process.env['REVIEW_TEST_TOKEN'];
      repository.delete();
    }
  });
  afterAll(() => {
    server.close();
    rmSync(outside, { recursive: true, force: true });
  });

  test('connects to nobody, on this machine or beyond', () => {
    expect([results['connect'], results['internet'], connections]).toEqual(['ENETUNREACH', 'ENETUNREACH', 0]);
  });

  test('reads no file but its own', () => {
    expect(results['password']).toBe('ERR_ACCESS_DENIED');
  });

  test('writes nothing', () => {
    expect([results['write'], results['writeData'], existsSync(written)]).toEqual([
      'ERR_ACCESS_DENIED',
      'ERR_ACCESS_DENIED',
      false,
    ]);
  });

  test('starts no process, thread or add-on, and makes no code of text', () => {
    expect([results['spawn'], results['worker']]).toEqual(['ERR_ACCESS_DENIED', 'ERR_ACCESS_DENIED']);
    expect(results['addon']).toBe('ERR_DLOPEN_DISABLED');
    expect(results['code']).toContain('EvalError');
  });

  test('has no variable of the job', () => {
    expect(results['environment']).toBe('HOME,PATH');
  });
});

describe('where the network cannot be shut', () => {
  const none = [['false']];

  test('nothing is executed, and the line says what to do', async () => {
    await expect(findNetworkWall(false, none)).rejects.toThrow(
      /^the network cannot be shut to the program \(false failed\); run as root .+ or accept it with --allow-network$/,
    );
  });

  test('it is executed when that was accepted', async () => {
    expect(await findNetworkWall(true, none)).toEqual([]);
  });
});
