import type { Resolution } from '../../../cli/images/registry-client';
import { type Resolutions, renderImages, renderPins } from '../../../cli/images/render-images';
import { IMAGE_NAMES, Images } from '../../../core/images';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const images = Images.parse(
  Object.fromEntries(IMAGE_NAMES.map((name) => [name, { repository: `r/${name}`, tag: 'v1', digest: digest('a') }])),
);
const { digest: _, ...unpinned } = images.nats;
const withUnpinned: Images = { ...images, nats: unpinned };
const line = (text: string) =>
  text
    .split('\n')
    .find((each) => each.startsWith('nats '))
    ?.replace(/ +/g, ' ');

test('an image is listed with its digest, or as unpinned', () => {
  expect(line(renderImages(images))).toBe(`nats r/nats:v1 ${digest('a')}`);
  expect(line(renderImages(withUnpinned))).toBe('nats r/nats:v1 unpinned');
});

describe('pinning', () => {
  const found = (letter: string): Resolution => ({ kind: 'found', digest: digest(letter) });
  const silent: Resolution = { kind: 'unreachable', reason: 'nobody there' };
  const says = (before: Images, nats: Resolution) => {
    const resolutions = Object.fromEntries(IMAGE_NAMES.map((name) => [name, nats])) as Resolutions;
    return line(renderPins(before, resolutions))?.replace('nats r/nats:v1 ', '');
  };

  test.each([
    ['the first time', withUnpinned, found('a'), `pinned to ${digest('a')}`],
    ['again', images, found('a'), `still ${digest('a')}`],
    ['what moved', images, found('b'), `moved from ${digest('a')} to ${digest('b')}`],
    ['what nobody answers for', withUnpinned, silent, 'stays unpinned: nobody there'],
    ['what was pinned and nobody answers for', images, silent, `keeps ${digest('a')}: nobody there`],
  ])('%s says so', (_name, before, nats, expected) => {
    expect(says(before, nats)).toBe(expected);
  });
});
