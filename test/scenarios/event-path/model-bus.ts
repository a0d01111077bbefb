import type { Random } from './random';
import type { VirtualClock } from './virtual-clock';

const TRIES = 4;
const TRY_AGAIN_MS = 1_000;
const MOST_DELAY_MS = 40;
const MOST_LATE_MS = 8_000;

/** EventSource, bus and Sensor: delivers at least once, mostly; in any order, when told to. */
export class ModelBus {
  /** The next so many messages are lost, delivered twice, or come late. */
  loses = 0;
  doubles = 0;
  delays = 0;
  /** Messages of which no copy was ever delivered. */
  lost = 0;

  constructor(
    private readonly clock: VirtualClock,
    private readonly random: Random,
    /** Rejects when the Sensor is to try again. */
    private readonly deliver: (payload: string) => Promise<void>,
  ) {}

  publish(payload: string): void {
    if (this.loses > 0) {
      this.loses -= 1;
      this.lost += 1;
      return;
    }
    const copies = this.doubles > 0 ? 2 : 1;
    this.doubles = Math.max(0, this.doubles - 1);
    for (let copy = 0; copy < copies; copy++) {
      const late = this.delays > 0;
      this.delays = Math.max(0, this.delays - 1);
      this.clock.start(
        () => void this.attempt(payload, 1),
        this.random.between(1, late ? MOST_LATE_MS : MOST_DELAY_MS),
      );
    }
  }

  private async attempt(payload: string, number: number): Promise<void> {
    try {
      await this.deliver(payload);
    } catch {
      if (number === TRIES) {
        return;
      }
      this.clock.start(() => void this.attempt(payload, number + 1), TRY_AGAIN_MS);
    }
  }
}
