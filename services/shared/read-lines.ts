import { TransientError } from './errors';

/** Lines of a stream of UTF-8, empty ones left out; throws `TransientError` when it ends in the middle of one. */
export async function* readLines(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  /** The begun line in pieces: joined once when it is complete, however many chunks it comes in. */
  let begun: string[] = [];
  for await (const chunk of stream) {
    const pieces = decoder.decode(chunk, { stream: true }).split('\n');
    const rest = pieces.pop() ?? '';
    for (const piece of pieces) {
      const line = begun.length === 0 ? piece : begun.join('') + piece;
      begun = [];
      if (line !== '') {
        yield line;
      }
    }
    if (rest !== '') {
      begun.push(rest);
    }
  }
  if (begun.length > 0) {
    throw new TransientError('the stream was cut in the middle of a line');
  }
}
