import { z } from 'zod';
import type { JsonObject } from '../json';

const State = z.object({
  reason: z.string().default(''),
  message: z.string().default(''),
  exitCode: z.number().optional(),
});

const ContainerStatus = z.object({
  name: z.string(),
  ready: z.boolean().default(false),
  state: z.object({ waiting: State.optional(), terminated: State.optional() }).prefault({}),
  lastState: z.object({ terminated: State.optional() }).prefault({}),
});

const Pod = z.object({
  metadata: z.object({ name: z.string() }),
  status: z
    .object({
      phase: z.string().default(''),
      reason: z.string().default(''),
      message: z.string().default(''),
      conditions: z
        .array(
          z.object({
            type: z.string(),
            status: z.string(),
            reason: z.string().default(''),
            message: z.string().default(''),
          }),
        )
        .default([]),
      initContainerStatuses: z.array(ContainerStatus).default([]),
      containerStatuses: z.array(ContainerStatus).default([]),
    })
    .prefault({}),
});

/** Why a pod does not run, in one line; undefined when nothing seems wrong. */
export function podTrouble(object: JsonObject): string | undefined {
  const { metadata, status } = Pod.parse(object);
  const container = [...status.initContainerStatuses, ...status.containerStatuses]
    .map(containerTrouble)
    .find((trouble) => trouble !== undefined);
  const unscheduled = status.conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  const why =
    container ??
    (unscheduled && joined(unscheduled.reason, unscheduled.message)) ??
    (status.phase === 'Failed' ? joined(status.reason || 'Failed', status.message) : undefined);
  return why === undefined ? undefined : `pod ${metadata.name}: ${why}`;
}

/** Waiting for these is how every container begins. */
const ORDINARY = new Set(['ContainerCreating', 'PodInitializing']);

function containerTrouble({ name, state, lastState }: z.infer<typeof ContainerStatus>): string | undefined {
  const ended = state.terminated ?? lastState.terminated;
  const exit = ended?.exitCode ? `exited with code ${ended.exitCode}` : undefined;
  if (state.waiting !== undefined && !ORDINARY.has(state.waiting.reason)) {
    const { reason, message } = state.waiting;
    return `container ${name}: ${[joined(reason, message), exit].filter(Boolean).join('; ')}`;
  }
  return exit === undefined ? undefined : `container ${name} ${exit}`;
}

const joined = (reason: string, message: string): string => [reason, message].filter((text) => text !== '').join(': ');
