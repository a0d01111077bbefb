const LF = 0x0a;

export interface LineSink {
  /** A whole line without its line feed. */
  readonly onLine: (line: Buffer) => void;
  /** A line that was longer than allowed has ended; its bytes are gone but for the head. */
  readonly onOversize: (bytes: number, head: Buffer) => void;
}

/**
 * Cuts a byte stream into lines. A line that is not finished is never handed out: at the end of a stream it is a part
 * of something that was not said. A line beyond `mostBytes` is not kept, only counted, until the next line feed.
 */
export class LineSplitter {
  private parts: Buffer[] = [];
  private size = 0;

  constructor(
    private readonly mostBytes: number,
    private readonly sink: LineSink,
  ) {}

  push(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, from)) {
      this.keep(chunk.subarray(from, end));
      this.finish();
      from = end + 1;
    }
    this.keep(chunk.subarray(from));
  }

  private keep(part: Buffer): void {
    // The first part beyond the limit is kept too: it is at most one chunk, and finish() wants a head to show.
    if (part.length > 0 && this.size <= this.mostBytes) {
      this.parts.push(part);
    }
    this.size += part.length;
  }

  private finish(): void {
    const { parts, size } = this;
    this.parts = [];
    this.size = 0;
    const line = Buffer.concat(parts);
    if (size > this.mostBytes) {
      this.sink.onOversize(size, line);
      return;
    }
    const end = line.at(-1) === 0x0d ? line.length - 1 : line.length;
    if (end > 0) {
      this.sink.onLine(line.subarray(0, end));
    }
  }
}
