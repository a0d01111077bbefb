import { decideMayLead } from '../../../../services/gateway/replication/decide-may-lead';

const MINUTES_10 = 600_000;
const replica = (id: string, ordinal = 1, isEmpty = false) => ({ id, ordinal, isEmpty });

describe('who may take a lease that is nobody’s', () => {
  test('those whom it names, at once', () => {
    expect(decideMayLead(replica('b'), ['a', 'b'], 0, MINUTES_10)).toEqual({ kind: 'in-step' });
  });

  test('not another, whose ledger may lack what somebody was told', () => {
    expect(decideMayLead(replica('c'), ['a', 'b'], MINUTES_10 - 1, MINUTES_10)).toMatchObject({ kind: 'no' });
  });

  test('another after all when nobody else has come, an empty one last', () => {
    expect(decideMayLead(replica('c'), ['a'], MINUTES_10, MINUTES_10)).toEqual({ kind: 'unclean' });
    expect(decideMayLead(replica('c', 1, true), ['a'], MINUTES_10, MINUTES_10)).toMatchObject({ kind: 'no' });
    expect(decideMayLead(replica('c', 1, true), ['a'], 2 * MINUTES_10, MINUTES_10)).toEqual({ kind: 'unclean' });
  });

  test('of a lease that names nobody the first replica, and never another: the first has the volume of a gateway that was alone', () => {
    expect(decideMayLead(replica('a', 0), undefined, 0, MINUTES_10)).toEqual({ kind: 'first' });
    expect(decideMayLead(replica('b', 1, true), undefined, 100 * MINUTES_10, MINUTES_10)).toMatchObject({ kind: 'no' });
  });
});
