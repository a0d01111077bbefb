import { type ApprovalFacts, decideApproval } from '../../review/approval';

const FACTS: ApprovalFacts = {
  label: 'Code-Review',
  value: 2,
  group: 'ServiceOps',
  members: [1, 2],
  standing: [{ account: 1, value: 2 }],
  cast: [{ account: 1, value: 2 }],
  isCurrent: true,
};
const decide = (facts: Partial<ApprovalFacts> = {}) => {
  const approval = decideApproval({ ...FACTS, ...facts });
  return approval.approved ? 'approved' : approval.why;
};

test("a member's vote on this patch set approves", () => {
  expect(decide()).toBe('approved');
  expect(
    decide({
      standing: [
        { account: 1, value: 2 },
        { account: 9, value: -2 },
      ],
    }),
  ).toBe('approved');
});

test.each([
  [
    'of somebody else',
    { standing: [{ account: 9, value: 2 }], cast: [{ account: 9, value: 2 }] },
    'no member of ServiceOps voted Code-Review+2',
  ],
  [
    'too low',
    { standing: [{ account: 1, value: 1 }], cast: [{ account: 1, value: 1 }] },
    'no member of ServiceOps voted Code-Review+2',
  ],
  ['taken back', { standing: [{ account: 1, value: 0 }] }, 'no member of ServiceOps voted Code-Review+2'],
  ['copied from an earlier patch set', { cast: [] }, 'Code-Review+2 was given to an earlier patch set'],
  [
    'cast here by another than whose copy stands',
    { cast: [{ account: 9, value: 2 }] },
    'Code-Review+2 was given to an earlier patch set',
  ],
  [
    "beside a member's vote against",
    {
      standing: [
        { account: 1, value: 2 },
        { account: 2, value: -1 },
      ],
    },
    'a member of ServiceOps voted Code-Review below zero',
  ],
  ['of a group without members', { members: [] }, 'no member of ServiceOps voted Code-Review+2'],
  ['on a patch set with a successor', { isCurrent: false }, 'a newer patch set exists'],
])('a vote %s does not', (_, facts, why) => {
  expect(decide(facts)).toBe(why);
});
