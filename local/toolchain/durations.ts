import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const Durations = z.record(z.string(), z.number());

/** How long each part took the last time it was made, in milliseconds, by part. */
export class DurationLog {
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  read(): Readonly<Record<string, number>> {
    try {
      return Durations.parse(JSON.parse(readFileSync(this.file, 'utf8')));
    } catch {
      // Absent, or broken by a full disk: it only feeds a progress line.
      return {};
    }
  }

  remember(part: string, tookMs: number): void {
    const next = `${this.file}.next`;
    writeFileSync(next, JSON.stringify({ ...this.read(), [part]: Math.round(tookMs) }));
    renameSync(next, this.file);
  }
}
