import { planHistory } from '../../../services/gateway/plan-history';

const patchSet = (number: number) => `s:patchset-created:p:1:r${number}`;
const comment = (number: number) => `s:comment-added:p:1:m${number}`;
const many = (count: number, of: (number: number) => string) => Array.from({ length: count }, (_, index) => of(index));

describe('what is told of a change', () => {
  test('is everything, in order, as long as it is little', () => {
    const keys = [patchSet(1), comment(1), patchSet(2), comment(2)];

    expect(planHistory(keys, () => false)).toEqual({ keys, omitted: 0 });
  });

  test('keeps patch sets and comments that started something, however long people talked', () => {
    const keys = [patchSet(1), comment(9999), ...many(5_000, comment)];

    const { keys: told, omitted } = planHistory(keys, (key) => key === comment(9999));

    expect(told.slice(0, 2)).toEqual([patchSet(1), comment(9999)]);
    expect(told).toHaveLength(22);
    expect(omitted).toBe(0);
    expect(told.at(-1)).toBe(comment(4_999));
  });

  test('keeps patch sets, however often reviewers and topics came and went', () => {
    const invited = (number: number) => `s:reviewer-added:p:1:${number}@t`;

    const { keys: told } = planHistory([patchSet(1), ...many(500, invited)], () => false);

    expect(told[0]).toBe(patchSet(1));
    expect(told).toHaveLength(21);
  });

  test('is bounded, the newest first kept', () => {
    const { keys: told, omitted } = planHistory(many(5_000, patchSet), () => true);

    expect(told).toHaveLength(100);
    expect(omitted).toBe(4_900);
    expect(told.at(-1)).toBe(patchSet(4_999));
  });
});
