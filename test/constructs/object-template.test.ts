import { isShared, type ObjectTemplate, objectTemplate, type Values } from '../../constructs/object-template';

const values = (name: string, users: readonly string[]): Values => ({ texts: { name }, lists: { users } });

const template = (render: (values: Values) => unknown[]) => {
  const [one, other] = [values('probe"one', ['user"one']), values('probe"other', ['user"other'])];
  return objectTemplate([
    { values: one, objects: render(one) },
    { values: other, objects: render(other) },
  ]);
};

const object = (name: string, rest: Record<string, unknown>) => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { labels: { name }, name },
  ...rest,
});

/** All objects of a template. */
const filled = (fills: ObjectTemplate, given: Values) => fills.map((fill) => fill(given));

describe('a template', () => {
  test('fills texts, inside others too, and an element for each item of a list', () => {
    const render = ({ texts: { name = '' }, lists: { users = [] } }: Values) => [
      object(name, {
        spec: { all: `a ${name} and ${name}`, users: ['root', ...users.map((user) => ({ user, name }))] },
      }),
    ];

    const fills = template(render);

    for (const given of [values('x', []), values('"y\u0001', ['ann', 'bob'])]) {
      expect(filled(fills, given)).toEqual(render(given));
    }
  });

  test('shares what no value stands in, frozen', () => {
    const fills = template(({ texts: { name = '' } }) => [object(name, { spec: { ports: [{ port: 53 }] } })]);

    const [[one], [other]] = [filled(fills, values('a', [])), filled(fills, values('b', []))];

    expect(one?.['spec']).toBe(other?.['spec']);
    expect(isShared(Object(one?.['spec']))).toBe(true);
    expect(() => Object.assign(Object(one?.['spec']).ports[0], { port: 54 })).toThrow(TypeError);
  });

  test.each([
    ['a length', ({ texts: { name = '' } }: Values) => [object(name, { spec: name.length })]],
    ['an upper case', ({ texts: { name = '' } }: Values) => [object(name, { spec: name.toUpperCase() })]],
    ['another format', ({ texts: { name = '' } }: Values) => [object(name, { data: JSON.stringify({ name }) })]],
  ])('refuses objects that hold %s of a value', (_, render) => {
    expect(() => template(render)).toThrow(/otherwise than by carrying it/);
  });

  test('refuses a value that is a key', () => {
    expect(() => template(({ texts: { name = '' } }) => [object('x', { data: { [name]: 1 } })])).toThrow(
      "key '%name%' is a value",
    );
  });

  test('refuses a list that is filled in outside of an array', () => {
    expect(() => template(({ lists: { users = [] } }) => [object('x', { data: users.join() })])).toThrow(
      "list 'users' is filled in outside of an array",
    );
  });

  test('names a value it is not given', () => {
    const fills = template(({ texts: { name = '' } }) => [object(name, {})]);

    expect(() => filled(fills, { texts: {}, lists: {} })).toThrow("no value for 'name'");
  });
});
