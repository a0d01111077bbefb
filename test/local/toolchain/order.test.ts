import { inOrder } from '../../../local/toolchain/order';
import { PARTS, type Part } from '../../../local/toolchain/parts';

const item = (name: string, ...needs: string[]) => ({ name, needs });
const names = (items: readonly { name: string }[]) => items.map((each) => each.name);

describe('inOrder', () => {
  test('what is needed comes first, though it was not asked for', () => {
    const items = [item('image', 'binary'), item('binary', 'compiler'), item('compiler')];

    expect(names(inOrder(items, ['image']))).toEqual(['compiler', 'binary', 'image']);
  });

  test('what nobody needs is left out', () => {
    expect(names(inOrder([item('a'), item('b')], ['b']))).toEqual(['b']);
  });

  test('items that do not need each other keep the order of the list, not of the wish', () => {
    expect(names(inOrder([item('a'), item('b'), item('c')], ['c', 'a']))).toEqual(['a', 'c']);
  });

  test('throws when needs form a circle, naming it', () => {
    const items = [item('a', 'b'), item('b', 'a')];

    expect(() => inOrder(items, ['a'])).toThrow('parts need each other in a circle: a -> b -> a');
  });

  test('throws when a part is unknown, naming those there are', () => {
    expect(() => inOrder([item('a')], ['z'])).toThrow('no part is called "z"; there are: a');
  });

  test('every part of the toolchain can be ordered', () => {
    const all = inOrder<Part>(
      PARTS,
      PARTS.map((part) => part.name),
    );

    expect(all).toHaveLength(PARTS.length);
    expect(names(all).indexOf('python')).toBeLessThan(names(all).indexOf('java'));
  });
});
