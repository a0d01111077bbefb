import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Ledger } from '../ledger/ledger';
import type { LedgerPosition } from '../ledger/model-position';
import { type Chunk, isBeginning, readOn, startOf } from '../ledger/ship-segments';
import type { Replication } from './replication';
import { ReplicaQuery, ReplicaStatus } from './wire';

/**
 * Answers standbys: what comes after what they have, as soon as there is any. That a standby asks says that it has all
 * before on disk.
 */
export function replicaRoute(
  ledger: Ledger,
  replication: Pick<Replication, 'asked'>,
  signal: AbortSignal,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  const term = randomUUID();
  return async (request, reply) => {
    const query = ReplicaQuery.parse(request.query);
    const refusal = await refuse(ledger, term, query);
    if (refusal !== undefined) {
      return reply.code(refusal).send();
    }
    const held: LedgerPosition = { segment: query.segment, offset: query.offset };
    replication.asked(query.replica, held);
    const chunk = await next(ledger, held, AbortSignal.any([AbortSignal.timeout(query.waitSeconds * 1000), signal]));
    const { first } = ledger.shipped;
    const { segment, offset } = chunk?.at ?? held;
    reply.headers({
      'seakeeper-term': term,
      'seakeeper-first-segment': first,
      'seakeeper-segment': segment,
      'seakeeper-offset': offset,
      'seakeeper-in-step': String(replication.asked(query.replica, held)),
    });
    return chunk === undefined
      ? reply.code(ReplicaStatus.nothingYet).send()
      : reply.code(ReplicaStatus.more).type('application/octet-stream').send(chunk.bytes);
  };
}

/** The status that says why a copy cannot go on as it is. */
async function refuse(ledger: Ledger, term: string, query: ReplicaQuery): Promise<number | undefined> {
  if (query.segment === 0 || query.term === term) {
    return undefined;
  }
  if (query.sha256 === undefined) {
    return ReplicaStatus.unknownTerm;
  }
  const goesOn = await isBeginning(ledger.shipped, query, query.sha256);
  return goesOn ? undefined : ReplicaStatus.diverged;
}

async function next(ledger: Ledger, held: LedgerPosition, deadline: AbortSignal): Promise<Chunk | undefined> {
  const from = held.segment === 0 ? startOf(ledger.shipped) : held;
  for (;;) {
    // Listened for before it is looked, so that nothing comes in between.
    const more = ledger.waitForMore(deadline);
    const chunk = await readOn(ledger.shipped, from);
    if (chunk !== undefined || deadline.aborted) {
      return chunk;
    }
    await more;
  }
}
