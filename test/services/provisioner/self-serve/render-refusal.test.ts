import { headline, renderRefusal } from '../../../../services/provisioner/self-serve/render-refusal';

const commit = '0123456789abcdef0123456789abcdef01234567';

test.each(['invalid-definition', 'denied', 'unsafe-name', 'no-room', 'too-many-of-one-person'] as const)(
  'a refusal for %s begins with what it is about and says the cure',
  (reason) => {
    const text = renderRefusal({ reason, commit, limit: '7' });

    expect(text.split('\n')[0]).toBe(headline({ reason, commit }));
    expect(text).toContain(`(${reason}, refs/meta/config at 0123456789ab)`);
    expect(text.split('\n').length).toBeGreaterThan(3);
  },
);

test('findings stand with file, line and column, indented so that Gerrit shows them as they are', () => {
  const findings = [{ path: 'seakeeper/check.yaml', line: 3, column: 5, message: "kind is 'Pod'" }];

  expect(renderRefusal({ reason: 'invalid-definition', commit, findings })).toContain(
    "\n  seakeeper/check.yaml:3:5: kind is 'Pod'\n",
  );
});

test('a refusal stays within what Gerrit takes, however much is wrong', () => {
  const findings = Array.from({ length: 400 }, (_, line) => ({
    path: 'seakeeper/check.yaml',
    line: line + 1,
    column: 1,
    message: 'x'.repeat(5_000),
  }));
  const text = renderRefusal({ reason: 'invalid-definition', commit, findings });

  expect(Buffer.byteLength(text)).toBeLessThan(16 * 1024);
  expect(text).toContain('and 380 more');
});
