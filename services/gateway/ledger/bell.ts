import { EventEmitter, once } from 'node:events';

/** Wakes everybody who waits for it. */
export class Bell {
  private readonly emitter = new EventEmitter().setMaxListeners(0);

  ring(): void {
    this.emitter.emit('ring');
  }

  /** Resolves when it rings next, or the signal fires. */
  async wait(signal: AbortSignal): Promise<void> {
    try {
      await once(this.emitter, 'ring', { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
