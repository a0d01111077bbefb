import { collectDefaultMetrics } from 'prom-client';
import type { z } from 'zod';
import { Port } from '../../core/service-config';
import { messageOf } from './errors';
import { Readiness, startHealthServer } from './health-server';
import { createLogger, type Logger } from './log';
import { readConfig, readSecret } from './read-config';

/** What a service gets to start with. */
export interface ServiceContext<Config> {
  readonly config: Config;
  readonly log: Logger;
  readonly readiness: Readiness;
  /** Aborted when the service is asked to stop. */
  readonly signal: AbortSignal;
  /** Reads a mounted secret by file name. */
  readonly secret: (name: string) => string;
}

export interface ServiceDefinition<Config> {
  readonly name: string;
  readonly schema: z.ZodType<Config>;
  /** Wires and starts the service; resolves to what stops it cleanly. */
  readonly start: (context: ServiceContext<Config>) => Promise<() => Promise<void>>;
}

/** Kubernetes ends a pod 30 s after SIGTERM; we are gone before. Milliseconds. */
const STOP_DEADLINE_MS = 20_000;

/**
 * The frame every service runs in: config, logs, health, metrics and a clean stop on SIGTERM or SIGINT.
 * Exits 1 with one log line when it cannot start.
 */
export function runService<Config>(definition: ServiceDefinition<Config>): void {
  const log = createLogger(definition.name);
  const stopping = new AbortController();
  const readiness = new Readiness();
  readiness.waitFor('start', 'the service is starting');

  const fail = (error: unknown): never => {
    log.fatal(
      { reason: messageOf(error), stack: error instanceof Error ? error.stack : undefined },
      'service ended by an error',
    );
    process.exit(1);
  };
  process.on('unhandledRejection', fail);
  process.on('uncaughtException', fail);

  const run = async () => {
    collectDefaultMetrics();
    const health = await startHealthServer(Number(process.env['SEAKEEPER_HTTP_PORT'] ?? Port.http), readiness);
    const config = readConfig(definition.schema);
    const stop = await definition.start({ config, log, readiness, signal: stopping.signal, secret: readSecret });
    readiness.has('start');
    log.info('service started');

    const end = async (signal: string) => {
      log.info({ signal }, 'service stopping');
      readiness.waitFor('stop', 'the service is stopping');
      setTimeout(() => fail(new Error(`stop took longer than ${STOP_DEADLINE_MS} ms`)), STOP_DEADLINE_MS).unref();
      stopping.abort();
      await stop();
      health.close();
      health.closeAllConnections();
      log.info('service stopped');
      process.exit(0);
    };
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => void end(signal).catch(fail));
    }
  };
  void run().catch(fail);
}
