/** What a maker of parts or images tells while it works. */
export type ProgressEvent =
  | {
      readonly kind: 'started';
      readonly what: string;
      /** How long it took last time here; undefined when never done here. */
      readonly lastMs?: number | undefined;
      /** How long it takes somewhere else, for the first time here. */
      readonly typicalMs?: number | undefined;
    }
  | { readonly kind: 'step'; readonly what: string; readonly step: string }
  | { readonly kind: 'finished'; readonly what: string; readonly tookMs: number }
  | { readonly kind: 'waiting'; readonly holder: string };

export type Progress = (event: ProgressEvent) => void;

/** `75000` as `1m15s`, `9000` as `9s`. */
export function renderDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`;
}

interface Current {
  readonly what: string;
  readonly startedMs: number;
  /** What is known of its length beforehand; may be empty. */
  readonly expected: string;
  step: string;
}

function renderCurrent(current: Current, nowMs: number): string {
  const step = current.step === '' ? '' : ` (${current.step})`;
  return `${current.what}${step}: ${renderDuration(nowMs - current.startedMs)}${current.expected}`;
}

function renderExpected({ lastMs, typicalMs }: Extract<ProgressEvent, { kind: 'started' }>): string {
  if (lastMs !== undefined) return `, last time ${renderDuration(lastMs)}`;
  return typicalMs === undefined ? '' : `, about ${renderDuration(typicalMs)} on 2 cores`;
}

/**
 * Progress as lines: on a terminal one that is rewritten every second, elsewhere a line at the start, at the end, and
 * every half minute between.
 */
export function lineProgress(out: { write(text: string): unknown; readonly isTTY?: boolean }): Progress {
  let current: Current | undefined;
  let timer: NodeJS.Timeout | undefined;
  const rewrite = out.isTTY === true;

  function show(): void {
    if (current === undefined) return;
    const line = renderCurrent(current, Date.now());
    out.write(rewrite ? `\r\x1b[K  ${line}` : `  ${line}\n`);
  }

  return (event) => {
    switch (event.kind) {
      case 'waiting':
        out.write(`  ${event.holder} is building; waiting for it\n`);
        break;
      case 'started':
        current = { what: event.what, startedMs: Date.now(), expected: renderExpected(event), step: '' };
        show();
        clearInterval(timer);
        timer = setInterval(show, rewrite ? 1000 : 30_000);
        timer.unref();
        break;
      case 'step':
        if (current !== undefined) current.step = event.step;
        if (rewrite) show();
        break;
      case 'finished':
        clearInterval(timer);
        current = undefined;
        out.write(`${rewrite ? '\r\x1b[K' : ''}  ${event.what}: done in ${renderDuration(event.tookMs)}\n`);
        break;
    }
  };
}
