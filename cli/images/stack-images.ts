import { isMap, isScalar, type Pair, parseDocument, type Scalar, type YAMLMap } from 'yaml';
import { type ImageName, Images } from '../../core/images';

const KEY = 'seakeeper:images';

/**
 * The images a stack's configuration names, from the text of its file. Pure.
 *
 * @throws when the text is no configuration, names no images, or a wrong one
 */
export function readImages(text: string, file: string): Images {
  const value: unknown = imagesNode(text, file).toJSON();
  const images = Images.safeParse(value);
  if (images.success) return images.data;
  const problems = images.error.issues.map(({ path, message }) => `  ${[KEY, ...path].join('.')}: ${message}`);
  throw new Error(`${file} is no stack configuration:\n${problems.join('\n')}`);
}

/**
 * The file's text with these digests in it. Everything else stays as it was, to the letter: people read the difference.
 * Pure.
 */
export function writeDigests(text: string, file: string, digests: ReadonlyMap<ImageName, string>): string {
  const images = imagesNode(text, file);
  const edits = [...digests].map(([name, digest]) => {
    const image = images.get(name, true);
    if (!isMap(image)) throw new Error(`${file}: ${KEY}.${name} is not written out as a map; pin it by hand`);
    return edit(text, image, digest);
  });
  // From the end, so that earlier positions stay true.
  return edits
    .sort((a, b) => b.from - a.from)
    .reduce((edited, { from, to, insert }) => edited.slice(0, from) + insert + edited.slice(to), text);
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

function edit(text: string, image: YAMLMap, digest: string): Edit {
  const present = pairOf(image, 'digest');
  if (present !== undefined) {
    const [from, to] = rangeOf(present.value);
    return { from, to, insert: digest };
  }
  const tag = pairOf(image, 'tag');
  if (tag === undefined) throw new Error(`${KEY} has an image without a tag`);
  const [keyStart] = rangeOf(tag.key);
  const [, valueEnd] = rangeOf(tag.value);
  if (image.flow) return { from: valueEnd, to: valueEnd, insert: `, digest: ${digest}` };
  const indent = keyStart - (text.lastIndexOf('\n', keyStart) + 1);
  const lineEnd = text.indexOf('\n', valueEnd);
  const at = lineEnd === -1 ? text.length : lineEnd;
  return { from: at, to: at, insert: `\n${' '.repeat(indent)}digest: ${digest}` };
}

type ScalarPair = Pair<Scalar, Scalar>;

function pairOf(map: YAMLMap, key: string): ScalarPair | undefined {
  const isWanted = (pair: Pair): pair is ScalarPair =>
    isScalar(pair.key) && pair.key.value === key && isScalar(pair.value);
  return map.items.find(isWanted);
}

function rangeOf(scalar: Scalar | null): readonly [number, number] {
  if (!scalar?.range) throw new Error('a YAML value without a position');
  return [scalar.range[0], scalar.range[1]];
}

function imagesNode(text: string, file: string): YAMLMap {
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem !== undefined) throw new Error(`${file}: ${problem.message.split('\n')[0]}`);
  const images = document.getIn(['config', KEY], true);
  if (!isMap(images)) throw new Error(`${file} has no ${KEY}; name the images there, as Pulumi.ci.yaml does`);
  return images;
}
