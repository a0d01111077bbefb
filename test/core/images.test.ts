import { Image, imageReference } from '../../core/images';

describe('imageReference', () => {
  test('names the digest when the image is pinned', () => {
    const digest = `sha256:${'0'.repeat(64)}`;

    expect(imageReference({ repository: 'example.org/nats', tag: '2.15', digest })).toBe(
      `example.org/nats:2.15@${digest}`,
    );
  });

  test('is repository and tag when it is not', () => {
    expect(imageReference({ repository: 'example.org/nats', tag: '2.15' })).toBe('example.org/nats:2.15');
  });

  test('refuses a digest that is not one', () => {
    expect(Image.safeParse({ repository: 'nats', tag: '1', digest: 'sha256:latest' }).success).toBe(false);
  });
});
