import { parseLdd } from '../../../local/images/ldd';

describe('parseLdd', () => {
  test('names every library and the loader, but not what the kernel brings', () => {
    const output = [
      '\tlinux-vdso.so.1 (0x00007f2bc2b3d000)',
      '\tlibz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x00007f2bc2b27000)',
      '\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f2bc261e000)',
      '\t/lib64/ld-linux-x86-64.so.2 (0x00007f2bc2b3f000)',
      '',
    ].join('\n');

    expect(parseLdd('git', output)).toEqual([
      '/lib/x86_64-linux-gnu/libz.so.1',
      '/lib/x86_64-linux-gnu/libc.so.6',
      '/lib64/ld-linux-x86-64.so.2',
    ]);
  });

  test('a static binary has none', () => {
    expect(parseLdd('busybox', '\tstatically linked\n')).toEqual([]);
  });

  test('throws when a library is missing, naming it', () => {
    expect(() => parseLdd('git', '\tlibpcre.so.9 => not found\n')).toThrow(
      'git needs a library that is not here: libpcre.so.9 => not found',
    );
  });
});
