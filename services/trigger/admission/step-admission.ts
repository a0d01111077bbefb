import type { Precedence } from '../../../core/pipeline';
import {
  type AdmissionCommand,
  type AdmissionInput,
  type AdmissionRules,
  type AdmissionState,
  bestOf,
  displace,
  place,
} from './model-admission';
import { type ActiveRun, Line, type Look, type WaitingRun } from './model-line';
import { takeTurn, turnOf } from './model-turns';

/**
 * One step: what happened becomes what to do. Costs the logarithm of what waits for each line that changes or goes; the
 * state is the caller's and changed in place.
 */
export function stepAdmission(
  state: AdmissionState,
  input: AdmissionInput,
  now: number,
  rules: AdmissionRules,
): AdmissionCommand[] {
  const commands: AdmissionCommand[] = [];
  for (const line of applyInput(state, input, now, rules, commands)) {
    place(state, line, rules, commands);
  }
  if (state.synced) {
    admit(state, now, rules, commands);
  }
  return commands;
}

/** Applies what happened; the answer is the lines it touched. */
function applyInput(
  state: AdmissionState,
  input: AdmissionInput,
  now: number,
  rules: AdmissionRules,
  commands: AdmissionCommand[],
): readonly Line[] {
  switch (input.kind) {
    case 'asked':
      return ask(state, input.run, input.look, commands);
    case 'left':
      return [...leave(state, input.key), ...finish(state, input.key)];
    case 'seen': {
      const { run } = input;
      if (state.waiting.has(run.key)) {
        // Made by an earlier process of ours, which could not record it any more.
        leave(state, run.key);
        commands.push({ kind: 'admit', key: run.key });
      }
      return [begin(state, run, undefined)];
    }
    case 'gone': {
      const short = state.short.has(state.active.get(input.key)?.run.namespace ?? '');
      const lines = finish(state, input.key);
      for (const line of lines) {
        // There is more room than the last look saw.
        line.look = line.look && { ...line.look, at: Number.NEGATIVE_INFINITY };
        if (short) {
          commands.push({ kind: 'look', namespace: line.namespace, exact: true });
        }
      }
      return lines;
    }
    case 'looked': {
      if (state.awaited?.namespace === input.namespace) {
        state.awaited = undefined;
      }
      const line = state.lines.get(input.namespace);
      if (line === undefined) {
        return [];
      }
      line.look = input.look;
      return [line];
    }
    case 'synced':
      state.synced = true;
      return [];
    case 'tick':
      tick(state, now, rules, commands);
      return [];
  }
}

/** Time passed: places of runs that never came are given back, and quotas that were full are looked at again. */
function tick(state: AdmissionState, now: number, rules: AdmissionRules, commands: AdmissionCommand[]): void {
  for (const key of [...state.unseen]) {
    if (now - (state.active.get(key)?.unseenSince ?? now) > rules.unseenMs) {
      for (const line of finish(state, key)) {
        place(state, line, rules, commands);
      }
    }
  }
  for (const namespace of state.short) {
    if (now - (state.lines.get(namespace)?.look?.at ?? now) > rules.lookAgainMs) {
      commands.push({ kind: 'look', namespace, exact: true });
    }
  }
}

function ask(
  state: AdmissionState,
  run: WaitingRun,
  look: Look | undefined,
  commands: AdmissionCommand[],
): readonly Line[] {
  if (state.active.has(run.key)) {
    commands.push({ kind: 'admit', key: run.key });
    return [];
  }
  const line = lineOf(state, run.namespace);
  displace(state, run.namespace);
  line.projectClass = run.projectClass;
  const before = state.waiting.get(run.key);
  if (before !== undefined) {
    line.remove(before);
  } else if (line.waitingOf(run.precedence) === 0) {
    line.lastTurn[run.precedence] = Math.max(line.lastTurn[run.precedence], state.admissions);
  }
  state.waiting.set(run.key, run);
  line.add(run);
  if (look !== undefined) {
    line.look = look;
  }
  return [line];
}

function leave(state: AdmissionState, key: string): readonly Line[] {
  const run = state.waiting.get(key);
  const line = run === undefined ? undefined : state.lines.get(run.namespace);
  if (run === undefined || line === undefined) {
    return [];
  }
  state.waiting.delete(key);
  line.remove(run);
  return [line];
}

function begin(state: AdmissionState, run: ActiveRun, unseenSince: number | undefined): Line {
  const before = state.active.get(run.key);
  if (before !== undefined) {
    count(state, before.run, -1);
  }
  state.active.set(run.key, { run, unseenSince });
  if (unseenSince === undefined) {
    state.unseen.delete(run.key);
  } else {
    state.unseen.add(run.key);
  }
  const line = lineOf(state, run.namespace);
  displace(state, run.namespace);
  line.begin(run);
  count(state, run, 1);
  return line;
}

function finish(state: AdmissionState, key: string): readonly Line[] {
  const active = state.active.get(key);
  const line = active === undefined ? undefined : state.lines.get(active.run.namespace);
  if (active === undefined || line === undefined) {
    return [];
  }
  state.active.delete(key);
  state.unseen.delete(key);
  displace(state, line.namespace);
  line.end(key);
  count(state, active.run, -1);
  return [line];
}

/** What people submit by hand fills their own namespace, and not what is everybody's. */
function count(state: AdmissionState, { precedence, projectClass }: ActiveRun, by: 1 | -1): void {
  if (precedence !== undefined) {
    state.running += by;
    state.runningOfClass.set(projectClass, (state.runningOfClass.get(projectClass) ?? 0) + by);
  }
}

function lineOf(state: AdmissionState, namespace: string): Line {
  const line = state.lines.get(namespace) ?? new Line(namespace);
  state.lines.set(namespace, line);
  return line;
}

/** Lets runs in while there is room. */
function admit(state: AdmissionState, now: number, rules: AdmissionRules, commands: AdmissionCommand[]): void {
  while (state.running < rules.parallelism) {
    const could = (precedence: Precedence): boolean => bestOf(state, precedence, rules) !== undefined;
    const precedence = turnOf(state.turns, could);
    const line = precedence === undefined ? undefined : bestOf(state, precedence, rules);
    if (precedence === undefined || line === undefined) {
      return;
    }
    if (isStale(line, now, rules)) {
      // It was other limits that it waited for; what its quota says by now is looked at first, and its turn is kept.
      if (isAwaited(state, line, now, rules, commands)) {
        return;
      }
      state.awaited = undefined;
      displace(state, line.namespace);
      continue;
    }
    takeTurn(state.turns, precedence, could);
    // Out of the heaps before what they are ordered by changes.
    displace(state, line.namespace);
    const run = line.take(precedence);
    if (run !== undefined) {
      state.admissions += 1;
      line.lastTurn[precedence] = state.admissions;
      state.waiting.delete(run.key);
      begin(state, run, now);
      commands.push({ kind: 'admit', key: run.key });
    }
    place(state, line, rules, commands);
  }
}

const isStale = ({ look }: Line, now: number, { lookFreshMs }: AdmissionRules): boolean =>
  look === undefined || now - look.at > lookFreshMs;

/** Asks for a look unless it is asked for; false when it has been for too long. */
function isAwaited(
  state: AdmissionState,
  { namespace }: Line,
  now: number,
  { lookWaitMs }: AdmissionRules,
  commands: AdmissionCommand[],
): boolean {
  if (state.awaited?.namespace !== namespace) {
    state.awaited = { namespace, since: now };
    commands.push({ kind: 'look', namespace, exact: false });
  }
  return now - state.awaited.since <= lookWaitMs;
}
