/** How pairs of one pipeline are handed on. Milliseconds. */
export interface HandOnRules {
  /** Most pairs sent for which neither receipt nor decision has come. */
  readonly window: number;
  /** Wait before the second send; doubles up to `mostWaitMs`. */
  readonly firstWaitMs: number;
  readonly mostWaitMs: number;
  /** Age at which a pair is given up. */
  readonly deadLetterAfterMs: number;
}

interface Pair {
  /** When the event was recorded; milliseconds since 1970. */
  readonly since: number;
  sends: number;
  /** When it is to be sent (again). */
  dueAt: number;
}

/** The undecided pairs of one pipeline, by event key, each in exactly one of three places. */
export interface HandOnState {
  /** Whether somebody listens. */
  open: boolean;
  /** To be sent when the window has room. */
  readonly waiting: Map<string, Pair>;
  /** Sent, and nothing heard: these fill the window. */
  readonly sent: Map<string, Pair>;
  /** The trigger has said it holds them; sent again now and then, for it may have died since. */
  readonly received: Map<string, Pair>;
}

export type HandOnInput =
  | { readonly kind: 'passed'; readonly key: string; readonly since: number }
  | { readonly kind: 'received'; readonly key: string }
  | { readonly kind: 'decided'; readonly key: string }
  | { readonly kind: 'opened' }
  | { readonly kind: 'closed' }
  /** The trigger has lost its memory: what it held is to be sent again. */
  | { readonly kind: 'resend' }
  | { readonly kind: 'tick' };

export type HandOnCommand =
  | { readonly kind: 'send'; readonly key: string; readonly attempt: number }
  | { readonly kind: 'dead-letter'; readonly key: string };

/** A receipt makes the next wait this much longer. */
const RECEIVED_FACTOR = 3;

export function emptyHandOn(): HandOnState {
  return { open: false, waiting: new Map(), sent: new Map(), received: new Map() };
}

/**
 * One step: what happened, at what time, becomes what to do. The state is the caller's and is changed in place, so a
 * step costs what it touches and not what is queued; nothing else is read or written.
 */
export function stepHandOn(state: HandOnState, input: HandOnInput, now: number, rules: HandOnRules): HandOnCommand[] {
  switch (input.kind) {
    case 'passed':
      if (!isQueued(state, input.key)) {
        state.waiting.set(input.key, { since: input.since, sends: 0, dueAt: now });
      }
      break;
    case 'received':
      park(state, input.key, now, rules);
      break;
    case 'decided':
      forget(state, input.key);
      break;
    case 'opened':
      // What went into the old stream may not have come out at the other end.
      state.open = true;
      makeDue(state.sent, now);
      break;
    case 'closed':
      state.open = false;
      break;
    case 'resend':
      makeDue(state.sent, now);
      makeDue(state.received, now);
      break;
    case 'tick':
      break;
  }
  const commands: HandOnCommand[] = input.kind === 'tick' ? giveUp(state, now, rules) : [];
  if (state.open) {
    // Waits end on a tick; between ticks only room in the window changes, so nothing else is looked through.
    const waitsMayHaveEnded = input.kind === 'tick' || input.kind === 'opened' || input.kind === 'resend';
    commands.push(...(waitsMayHaveEnded ? sendAgain(state, now, rules) : []), ...sendFirst(state, now, rules));
  }
  return commands;
}

/** Pairs that are not decided yet. */
export function undecidedCount({ waiting, sent, received }: HandOnState): number {
  return waiting.size + sent.size + received.size;
}

/** When the longest undecided pair was recorded; undefined when all is decided. Milliseconds since 1970. */
export function oldestSince({ waiting, sent, received }: HandOnState): number | undefined {
  let oldest: number | undefined;
  for (const pairs of [waiting, sent, received]) {
    for (const { since } of pairs.values()) {
      oldest = Math.min(since, oldest ?? since);
    }
  }
  return oldest;
}

function isQueued({ waiting, sent, received }: HandOnState, key: string): boolean {
  return waiting.has(key) || sent.has(key) || received.has(key);
}

function forget({ waiting, sent, received }: HandOnState, key: string): void {
  waiting.delete(key);
  sent.delete(key);
  received.delete(key);
}

function park(state: HandOnState, key: string, now: number, rules: HandOnRules): void {
  const pair = state.sent.get(key) ?? state.waiting.get(key) ?? state.received.get(key);
  if (pair !== undefined) {
    forget(state, key);
    pair.dueAt = now + Math.min(waitAfter(pair.sends, rules) * RECEIVED_FACTOR, rules.mostWaitMs);
    state.received.set(key, pair);
  }
}

function makeDue(pairs: ReadonlyMap<string, Pair>, now: number): void {
  for (const pair of pairs.values()) {
    pair.dueAt = now;
  }
}

function waitAfter(sends: number, { firstWaitMs, mostWaitMs }: HandOnRules): number {
  return Math.min(firstWaitMs * 2 ** Math.max(0, Math.min(sends, 30) - 1), mostWaitMs);
}

function giveUp(state: HandOnState, now: number, { deadLetterAfterMs }: HandOnRules): HandOnCommand[] {
  const commands: HandOnCommand[] = [];
  for (const pairs of [state.waiting, state.sent, state.received]) {
    for (const [key, { since }] of pairs) {
      if (now - since >= deadLetterAfterMs) {
        pairs.delete(key);
        commands.push({ kind: 'dead-letter', key });
      }
    }
  }
  return commands;
}

/** Sends again what is due: what nobody confirmed, then, as far as the window has room, what the trigger holds long. */
function sendAgain(state: HandOnState, now: number, rules: HandOnRules): HandOnCommand[] {
  const commands: HandOnCommand[] = [];
  for (const [key, pair] of state.sent) {
    if (pair.dueAt <= now) {
      commands.push(sendOne(key, pair, now, rules));
    }
  }
  for (const [key, pair] of state.received) {
    if (state.sent.size >= rules.window) {
      break;
    }
    if (pair.dueAt <= now) {
      state.received.delete(key);
      state.sent.set(key, pair);
      commands.push(sendOne(key, pair, now, rules));
    }
  }
  return commands;
}

function sendFirst(state: HandOnState, now: number, rules: HandOnRules): HandOnCommand[] {
  const commands: HandOnCommand[] = [];
  for (const [key, pair] of state.waiting) {
    if (state.sent.size >= rules.window) {
      break;
    }
    state.waiting.delete(key);
    state.sent.set(key, pair);
    commands.push(sendOne(key, pair, now, rules));
  }
  return commands;
}

function sendOne(key: string, pair: Pair, now: number, rules: HandOnRules): HandOnCommand {
  pair.sends += 1;
  pair.dueAt = now + waitAfter(pair.sends, rules);
  return { kind: 'send', key, attempt: pair.sends };
}
