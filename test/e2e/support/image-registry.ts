import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freeAddress } from '../../../local/gerrit/free-address';
import { ensureToolchain } from '../../../local/toolchain/toolchain';
import { until } from './until';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';

/** The `distribution` server, on a loopback port of its own, with its storage in a temporary folder. */
export class ImageRegistry {
  private constructor(
    /** `host:port`, as repositories name it. */
    readonly host: string,
    private readonly process: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(): Promise<ImageRegistry> {
    const toolchain = await ensureToolchain(['registry']);
    const folder = mkdtempSync(join(tmpdir(), 'seakeeper-registry-'));
    const address = await freeAddress();
    const host = `${address.host}:${address.httpPort}`;
    const config = join(folder, 'config.yaml');
    writeFileSync(
      config,
      stringify({
        version: '0.1',
        log: { level: 'error', accesslog: { disabled: true } },
        storage: { filesystem: { rootdirectory: join(folder, 'data') } },
        http: { addr: host },
      }),
    );
    const server = spawn(toolchain.binary('registry'), ['serve', config], {
      env: { ...process.env, OTEL_TRACES_EXPORTER: 'none' },
      stdio: 'ignore',
    });
    const registry = new ImageRegistry(host, server, folder);
    await until('the registry answers', async () => (await fetch(`http://${host}/v2/`)).ok, 30_000);
    return registry;
  }

  /** Pushes an image of no layers, told apart by `says`, the way a client does. Resolves to the digest the registry gave it. */
  async push(name: string, tag: string, says: string): Promise<string> {
    const config = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', author: says }));
    await this.pushBlob(name, config);
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: { mediaType: CONFIG, size: config.length, digest: digestOf(config) },
      layers: [],
    });
    const response = await this.call(`/v2/${name}/manifests/${tag}`, 'PUT', manifest, MANIFEST);
    return response.headers.get('docker-content-digest') ?? 'no digest';
  }

  async stop(): Promise<void> {
    const ended = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async pushBlob(name: string, blob: Buffer): Promise<void> {
    const upload = await this.call(`/v2/${name}/blobs/uploads/`, 'POST');
    const location = new URL(upload.headers.get('location') ?? '', `http://${this.host}`);
    location.searchParams.set('digest', digestOf(blob));
    await this.call(`${location.pathname}${location.search}`, 'PUT', blob, 'application/octet-stream');
  }

  private async call(path: string, method: string, body?: string | Buffer, type?: string): Promise<Response> {
    const response = await fetch(`http://${this.host}${path}`, {
      method,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
      headers: type === undefined ? {} : { 'content-type': type },
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }
}

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
