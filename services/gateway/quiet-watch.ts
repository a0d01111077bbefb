/** A stream that is up and says nothing for so long may be dead without a word. */
export const QUIET_MS = 30_000;
const LOOK_EVERY_MS = QUIET_MS / 3;

/** Notices that a stream which is up has said nothing for a while, again and again while it says nothing. */
export class QuietWatch {
  /** Undefined: the stream is not up. */
  private heardAt: number | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly onQuiet: () => void) {}

  start(): void {
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  heard(): void {
    this.heardAt = Date.now();
  }

  ended(): void {
    this.heardAt = undefined;
  }

  private look(): void {
    if (this.heardAt !== undefined && Date.now() - this.heardAt >= QUIET_MS) {
      this.heardAt = Date.now();
      this.onQuiet();
    }
  }
}
