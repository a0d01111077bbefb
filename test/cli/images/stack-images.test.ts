import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readImages, writeDigests } from '../../../cli/images/stack-images';
import { IMAGE_NAMES } from '../../../core/images';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;
const CI = readFileSync(join(__dirname, '..', '..', '..', 'Pulumi.ci.yaml'), 'utf8');

const TEXT = `# Ours.
config:
  seakeeper:images: # all of them
    nats: { repository: r/nats, tag: "1" } # the bus
    minio:
      repository: r/minio
      tag: '2' # keep
    mc: { repository: r/mc, digest: ${OTHER}, tag: 3 }
  other:   [1,2]
`;

describe('writeDigests', () => {
  test('adds and replaces digests and leaves every other character alone', () => {
    const digests = new Map([
      ['nats', DIGEST],
      ['minio', DIGEST],
      ['mc', DIGEST],
    ] as const);

    expect(writeDigests(TEXT, 'f', digests)).toBe(`# Ours.
config:
  seakeeper:images: # all of them
    nats: { repository: r/nats, tag: "1", digest: ${DIGEST} } # the bus
    minio:
      repository: r/minio
      tag: '2' # keep
      digest: ${DIGEST}
    mc: { repository: r/mc, digest: ${DIGEST}, tag: 3 }
  other:   [1,2]
`);
  });

  test('pins every image of the committed stack, twice with the same result', () => {
    const digests = new Map(IMAGE_NAMES.map((name) => [name, DIGEST]));

    const pinned = writeDigests(CI, 'Pulumi.ci.yaml', digests);

    expect(Object.values(readImages(pinned, 'f')).map(({ digest }) => digest)).toEqual(IMAGE_NAMES.map(() => DIGEST));
    expect(writeDigests(pinned, 'f', digests)).toBe(pinned);
  });
});

describe('readImages', () => {
  test('names what is wrong, and where', () => {
    expect(() => readImages(TEXT, 'Pulumi.x.yaml')).toThrow(
      /^Pulumi\.x\.yaml is no stack configuration:\n {2}seakeeper:images\./,
    );
    expect(() => readImages('config: {}', 'Pulumi.x.yaml')).toThrow('Pulumi.x.yaml has no seakeeper:images');
    expect(() => readImages('config: [', 'Pulumi.x.yaml')).toThrow('Pulumi.x.yaml: ');
  });
});
