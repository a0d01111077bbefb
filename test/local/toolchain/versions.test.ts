import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { goBuildArguments, goFolder } from '../../../local/toolchain/go-part';
import { type GoPart, PARTS } from '../../../local/toolchain/parts';
import { isGoRecentEnough } from '../../../local/toolchain/prerequisites';

const goParts = PARTS.filter((part) => part.kind === 'go').map((part): [string, GoPart] => [part.name, part]);
const ofModules = goParts.filter(([name]) => name !== 'pause');

describe('a Go part', () => {
  test.each(ofModules)('%s: go.mod requires the version that versions.ts names', (_, part) => {
    const goMod = readFileSync(join(goFolder(part), 'go.mod'), 'utf8');

    expect(goMod).toContain(` ${part.version}`);
  });

  test.each(ofModules)('%s: go.sum is there to check what is downloaded', (_, part) => {
    expect(existsSync(join(goFolder(part), 'go.sum'))).toBe(true);
  });

  test.each(goParts)('%s: is built with nothing that go.sum does not pin, and says its version', (_, part) => {
    const args = goBuildArguments(part, 'package', 'out');

    expect(args).toContain('-mod=readonly');
    for (const [name, value] of Object.entries(part.variables)) {
      expect(args.join(' ')).toContain(`-X ${name}=${value}`);
    }
  });
});

describe('isGoRecentEnough', () => {
  test.each([
    ['go version go1.26.8 linux/amd64', true],
    ['go version go1.27 linux/amd64', true],
    ['go version go2.0 linux/amd64', true],
    ['go version go1.9.7 linux/amd64', false],
    ['go version go1.25.11 linux/amd64', false],
    ['go version devel +abc linux/amd64', true],
    ['no go at all', false],
  ])('%s: %s', (version, enough) => {
    expect(isGoRecentEnough(version, '1.26')).toBe(enough);
  });
});
