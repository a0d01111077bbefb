import { spawn } from 'node:child_process';
import { z } from 'zod';
import type { Rendering } from '../../review/build-review';
import { CapacitySummary, Excuses } from '../../review/capacity';
import { type NetworkWall, permissionFlags } from './isolation';

const Header = z.object({ format: z.literal(1), capacity: CapacitySummary, excuses: Excuses });

/** Bounds of one rendering. 2,199 projects are 40 MB in a few seconds. */
const MOST = { milliseconds: 120_000, outputBytes: 1 << 30, errorBytes: 16 << 10 } as const;

/** A bundled program and what it is given. */
export interface ProgramRun {
  /** Node that runs it; the project's own, whichever started the review. */
  readonly node: string;
  /** File of the bundle. */
  readonly program: string;
  readonly stack: string;
  /** Folder with the stack's files. */
  readonly data: string;
  /** Empty folder that stands for a home. */
  readonly home: string;
  readonly wall: NetworkWall;
  /** For messages: whose configuration it is. */
  readonly what: string;
}

/**
 * Renders a stack in a process that has no environment, no network, and may read its bundle and its data only. Rejects
 * with what the program says of the configuration, or with the bound it broke.
 */
export async function runProgram({ node, program, stack, data, home, wall, what }: ProgramRun): Promise<Rendering> {
  const [command = '', ...args] = [...wall, node, ...permissionFlags([program, data]), program, stack, data];
  const child = spawn(command, args, {
    cwd: home,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that nothing it may have started outlives it.
    detached: true,
  });
  const end = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It ended by itself in the meantime.
    }
  };
  let broken: string | undefined;
  const timer = setTimeout(() => {
    broken = `took more than ${MOST.milliseconds / 1000} s`;
    end();
  }, MOST.milliseconds);
  const output: Buffer[] = [];
  let size = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    output.push(chunk);
    if (size > MOST.outputBytes && broken === undefined) {
      broken = `is more than ${MOST.outputBytes} bytes`;
      end();
    }
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    if (errors.length < MOST.errorBytes) errors += chunk.toString('utf8');
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => clearTimeout(timer));
  if (broken !== undefined) throw new Error(`the rendering of ${what} ${broken}, and was ended`);
  if (code !== 0)
    throw new Error(`${what} cannot be rendered: ${errors.trim().slice(0, MOST.errorBytes) || `exit ${code}`}`);
  return parseRendering(Buffer.concat(output).toString('utf8'), what);
}

function parseRendering(text: string, what: string): Rendering {
  const lines = text.split('\n').filter(Boolean);
  const [header = ''] = lines;
  const parsed = Header.safeParse(parsedOrNothing(header));
  if (!parsed.success) {
    throw new Error(`the rendering of ${what} begins with no header of format 1; its program is too old or too new`);
  }
  return { capacity: parsed.data.capacity, excuses: parsed.data.excuses, lines: lines.slice(1) };
}

function parsedOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
