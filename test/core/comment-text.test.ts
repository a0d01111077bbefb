import { commentText, votesOfComment } from '../../core/comment-text';

describe('comment text', () => {
  test.each([
    ['Patch Set 1:\n\nrecheck', 'recheck'],
    ['Patch Set 12: Code-Review+1 Verified-1\n\nrecheck', 'recheck'],
    ['Patch Set 1:\n\n(1 comment)\n\nrecheck', 'recheck'],
    ['Patch Set 1: Code-Review+2\n\n(12 comments)', ''],
    ['Patch Set 1: Verified+1', ''],
    ['Patch Set 1:\r\n\r\nrecheck\r\n', 'recheck'],
    ['recheck', 'recheck'],
    ['Patch Set 1:\n\ntwo\n\nparagraphs', 'two\n\nparagraphs'],
    ['Patch Set 1:\n\n> recheck\n\nno', '> recheck\n\nno'],
    ['', ''],
  ])('of %j is %j', (message, expected) => {
    expect(commentText(message)).toBe(expected);
  });
});

describe('the votes of a comment', () => {
  test.each([
    ['Patch Set 3: Code-Review+2', [['Code-Review', 2]]],
    [
      'Patch Set 3: Code-Review-1 Verified+1\n\n(2 comments)',
      [
        ['Code-Review', -1],
        ['Verified', 1],
      ],
    ],
    ['Patch Set 3: -Code-Review', [['Code-Review', 0]]],
    ['Patch Set 3:\n\nPatch Set 3: Code-Review+2', []],
    ['Code-Review+2', []],
    ['', []],
  ] as const)('in %j are %j', (message, expected) => {
    expect(votesOfComment(message).map(({ label, value }) => [label, value])).toEqual(expected);
  });
});
