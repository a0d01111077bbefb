import { createReadStream, statSync } from 'node:fs';
import type { ImageFile } from './image-spec';

const BLOCK = 512;
/** A tar ends in two empty blocks. */
const END = Buffer.alloc(2 * BLOCK);
const TYPE = { file: '0', text: '0', symlink: '2', directory: '5' } as const;

/** Header of one member in the ustar format; times and owners are zero, so equal contents give equal bytes. */
export function tarHeader(member: {
  readonly path: string;
  readonly kind: keyof typeof TYPE;
  readonly size: number;
  readonly mode: number;
  readonly linkTo?: string;
}): Buffer {
  const { name, prefix } = splitPath(member.path);
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, 100);
  writeOctal(header, member.mode, 100, 8);
  writeOctal(header, 0, 108, 8); // user
  writeOctal(header, 0, 116, 8); // group
  writeOctal(header, member.size, 124, 12);
  writeOctal(header, 0, 136, 12); // time
  header.fill(' ', 148, 156); // the checksum counts itself as blanks
  header.write(TYPE[member.kind], 156);
  const linkTo = member.linkTo ?? '';
  if (Buffer.byteLength(linkTo) > 100) throw new Error(`link target is over 100 bytes long: ${linkTo}`);
  header.write(linkTo, 157, 100);
  header.write('ustar\u000000', 257, 'latin1');
  header.write(prefix, 345, 155);
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

function splitPath(path: string): { name: string; prefix: string } {
  if (Buffer.byteLength(path) <= 100) return { name: path, prefix: '' };
  // The longest prefix that fits leaves the shortest name.
  for (let end = path.lastIndexOf('/', 155); end > 0; end = path.lastIndexOf('/', end - 1)) {
    const [prefix, name] = [path.slice(0, end), path.slice(end + 1)];
    if (name !== '' && Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(name) <= 100) return { name, prefix };
  }
  throw new Error(`path is too long for a tar archive: ${path}`);
}

function writeOctal(header: Buffer, value: number, offset: number, length: number): void {
  const digits = value.toString(8).padStart(length - 1, '0');
  if (digits.length > length - 1) throw new Error(`${value} does not fit ${length - 1} octal digits of a tar header`);
  header.write(`${digits}\0`, offset, 'latin1');
}

const padding = (size: number): Buffer => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);

/** A member whose bytes are at hand. */
export function* tarMember(path: string, contents: Buffer, mode = 0o644): Generator<Buffer> {
  yield tarHeader({ path, kind: 'file', size: contents.length, mode });
  yield contents;
  yield padding(contents.length);
}

const relative = (path: string): string => path.slice(1);

/** Size in bytes of the tar that `tarOf` writes. */
export function tarSize(files: readonly ImageFile[]): number {
  const sizes = files.map((file) => BLOCK + Math.ceil(sizeOf(file) / BLOCK) * BLOCK);
  return sizes.reduce((sum, size) => sum + size, END.length);
}

function sizeOf(file: ImageFile): number {
  if (file.kind === 'file') return statSync(file.from).size;
  return file.kind === 'text' ? Buffer.byteLength(file.text) : 0;
}

/**
 * Writes the entries, in the order given, as a tar.
 *
 * @throws when a file's size changes while it is read
 */
export async function* tarOf(files: readonly ImageFile[]): AsyncGenerator<Buffer> {
  for (const file of files) {
    const size = sizeOf(file);
    switch (file.kind) {
      case 'directory':
        yield tarHeader({ path: `${relative(file.path)}/`, kind: 'directory', size: 0, mode: file.mode });
        break;
      case 'symlink':
        yield tarHeader({ path: relative(file.path), kind: 'symlink', size: 0, mode: 0o777, linkTo: file.to });
        break;
      case 'text':
        yield* tarMember(relative(file.path), Buffer.from(file.text), file.mode);
        break;
      case 'file':
        yield tarHeader({ path: relative(file.path), kind: 'file', size, mode: file.mode });
        yield* contentsOf(file.from, size);
        yield padding(size);
        break;
    }
  }
  yield END;
}

async function* contentsOf(file: string, size: number): AsyncGenerator<Buffer> {
  let read = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    if (!Buffer.isBuffer(chunk)) throw new Error(`${file} was not read as bytes`);
    read += chunk.length;
    yield chunk;
  }
  if (read !== size) throw new Error(`${file} changed while it was read: ${read} bytes instead of ${size}`);
}

export const TAR_END: Buffer = END;
export { padding as tarPadding };
