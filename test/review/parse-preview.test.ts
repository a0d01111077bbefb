import { parsePreview } from '../../review/parse-preview';
import { object } from './objects';

const urn = (kind: string, name: string) =>
  `urn:pulumi:ci::seakeeper::seakeeper:index:ChartRelease$kubernetes:${kind}::argo-system/${name}`;
const state = (inputs: unknown) => ({ inputs });
const config = (data: Record<string, string>) => object('v1', 'ConfigMap', 'c', { data });
const preview = (steps: unknown[]) => JSON.stringify({ config: { 'kubernetes:context': 'x' }, steps });

test('steps become changes of objects with their release', () => {
  const { changes, config: stack } = parsePreview(
    preview([
      { op: 'create', urn: urn('core/v1:ConfigMap', 'a'), newState: state(config({})) },
      {
        op: 'update',
        urn: urn('core/v1:ConfigMap', 'b'),
        oldState: state(config({ a: '1' })),
        newState: state(config({ a: '2' })),
      },
      { op: 'delete', urn: urn('core/v1:ConfigMap', 'c'), oldState: state(config({})) },
      { op: 'same', urn: urn('core/v1:ConfigMap', 'd'), oldState: state(config({})), newState: state(config({})) },
    ]),
  );

  expect(changes.map(({ op, source }) => `${op} ${source}`)).toEqual([
    'create argo-system',
    'delete argo-system',
    'update argo-system',
  ]);
  expect(stack).toEqual({ 'kubernetes:context': 'x' });
});

test('a replacement in three steps is one change with the fields that force it', () => {
  const [old, new_] = [config({ a: '1' }), config({ a: '2' })];
  const steps = ['create-replacement', 'replace', 'delete-replaced'].map((op) => ({
    op,
    urn: urn('apps/v1:StatefulSet', 'x'),
    oldState: state(old),
    ...(op === 'delete-replaced' ? {} : { newState: state(new_) }),
    detailedDiff: { 'spec.selector': { kind: 'update-replace' }, 'spec.replicas': { kind: 'update' } },
  }));

  expect(parsePreview(preview(steps)).changes).toMatchObject([
    { op: 'replace', because: ['spec.selector'], before: old, after: new_ },
  ]);
});

test('providers and components are no objects', () => {
  const provider = {
    op: 'update',
    urn: 'urn:pulumi:ci::seakeeper::pulumi:providers:kubernetes::cluster',
    oldState: state({}),
    newState: state({}),
  };

  expect(parsePreview(preview([provider])).changes).toEqual([]);
});

test('a secret has no value', () => {
  const secret = (value: string) => state(object('v1', 'Secret', 's', { stringData: { key: value } }));
  const { changes } = parsePreview(
    preview([
      { op: 'update', urn: urn('core/v1:Secret', 's'), oldState: secret('hidden-1'), newState: secret('hidden-2') },
    ]),
  );

  expect(changes).toHaveLength(1);
  expect(JSON.stringify(changes)).not.toContain('hidden');
});

test.each(['', 'error: no stack', '{}'])('%j is refused in one line', (text) => {
  expect(() => parsePreview(text)).toThrow(/^pulumi preview --json printed something else than a preview: .+$/);
});
