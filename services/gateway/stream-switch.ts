import type { StreamTaker } from './gateway-core';
import type { StreamEnd } from './plan-reconnect';

/** One stream for all the life of a process, to whoever takes it now: a standby's notes, or a leader's intake. */
export class StreamSwitch implements StreamTaker {
  private isConnected = false;

  constructor(private taker: StreamTaker) {}

  /** From the next line on. */
  turnTo(taker: StreamTaker): void {
    this.taker = taker;
    if (this.isConnected) {
      taker.onConnected();
    }
  }

  readonly onLine = (line: Buffer): void => this.taker.onLine(line);

  readonly onOversize = (bytes: number, head: Buffer): void => this.taker.onOversize(bytes, head);

  readonly onConnected = (): void => {
    this.isConnected = true;
    this.taker.onConnected();
  };

  readonly onDisconnected = (end: StreamEnd): void => {
    this.isConnected = false;
    this.taker.onDisconnected(end);
  };

  readonly settle = (): Promise<void> => this.taker.settle();
}
