import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { ensureToolchain } from '../../local/toolchain/toolchain';

/** What a load took, as the loader itself saw it. */
const Loaded = z.object({
  objects: z.number(),
  seconds: z.number(),
  objectsPerSecond: z.number(),
  cpuSeconds: z.number(),
});
export type Loaded = z.infer<typeof Loaded>;

const Listed = z.object({ objects: z.number(), seconds: z.number(), cpuSeconds: z.number() });
export type Listed = z.infer<typeof Listed>;

const Held = z.object({
  objects: z.number(),
  seconds: z.number(),
  rssMiB: z.number(),
  peakMiB: z.number(),
  cpuSeconds: z.number(),
});
export type Held = z.infer<typeof Held>;

/** Requests at once that a search found best on two processors; see `bestWorkers`. */
export const DEFAULT_WORKERS = 32;

/** client-go without client-side limits, on one cluster: what our provisioner is compared with. */
export class RawLoader {
  private constructor(
    private readonly binary: string,
    private readonly kubeconfig: string,
  ) {}

  /** Builds it on first use. */
  static async on(kubeconfig: string): Promise<RawLoader> {
    const toolchain = await ensureToolchain(['raw-loader']);
    return new RawLoader(toolchain.binary('raw-loader'), kubeconfig);
  }

  /** Applies every object of a file (`writeLoadFile`) by server-side apply, with force. */
  async load(file: string, options: { workers?: number; manager?: string } = {}): Promise<Loaded> {
    const { workers = DEFAULT_WORKERS, manager = 'raw-loader' } = options;
    return Loaded.parse(await this.run('load', '-file', file, '-workers', String(workers), '-manager', manager));
  }

  /** One paged LIST of every kind a project's namespace is made of. */
  async list(pageSize = 500): Promise<Listed> {
    return Listed.parse(await this.run('list', '-limit', String(pageSize)));
  }

  /** Holds everything in informers: whole objects, or their metadata only. */
  async hold(what: 'informer' | 'metadata'): Promise<Held> {
    return Held.parse(await this.run(what));
  }

  private async run(mode: string, ...args: readonly string[]): Promise<unknown> {
    const { stdout } = await promisify(execFile)(this.binary, [
      ...['-kubeconfig', this.kubeconfig, '-mode', mode],
      ...args,
    ]);
    return JSON.parse(stdout);
  }
}
