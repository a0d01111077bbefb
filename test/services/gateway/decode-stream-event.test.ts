import fc from 'fast-check';
import { decodeStreamLine } from '../../../services/gateway/decode-stream-event';

const change = { project: 'demo', branch: 'master', number: '7', id: 'I1', url: 'http://x' };
const patchSet = { number: 1, revision: 'a'.repeat(40), ref: 'refs/changes/07/7/1', parents: [] };
const line = (event: object) => decodeStreamLine(JSON.stringify(event));

describe('stream line', () => {
  test('with a patch set is an event whose numbers are numbers, without what we do not use', () => {
    expect(line({ type: 'patchset-created', change, patchSet, eventCreatedOn: 5, extra: { a: 1 } })).toEqual({
      kind: 'event',
      needsMessageId: false,
      event: {
        type: 'patchset-created',
        source: 'stream',
        eventCreatedOn: 5,
        change: { project: 'demo', branch: 'master', number: 7, id: 'I1' },
        patchSet: { number: 1, revision: 'a'.repeat(40), ref: 'refs/changes/07/7/1' },
      },
    });
  });

  test.each([
    'comment-added',
    'change-restored',
    'change-abandoned',
    'wip-state-changed',
    'private-state-changed',
    'reviewer-added',
    'reviewer-deleted',
    'vote-deleted',
  ])('%s needs the id of its message', (type) => {
    expect(line({ type, change, patchSet })).toMatchObject({ kind: 'event', needsMessageId: true });
    expect(line({ type, change })).toMatchObject({ kind: 'undecodable' });
  });

  test.each(['topic-changed', 'hashtags-changed'])('%s does not say the patch set', (type) => {
    expect(line({ type, change })).toMatchObject({ kind: 'event', needsMessageId: true });
  });

  test('change-deleted says all its key is made of', () => {
    expect(line({ type: 'change-deleted', change, deleter: { username: 'dan' } })).toMatchObject({
      kind: 'event',
      needsMessageId: false,
      event: { actor: { username: 'dan' } },
    });
  });

  test.each([
    ['change-abandoned', 'abandoner'],
    ['topic-changed', 'changer'],
    ['hashtags-changed', 'editor'],
    ['wip-state-changed', 'changer'],
    ['private-state-changed', 'changer'],
    ['reviewer-added', 'adder'],
    ['reviewer-deleted', 'remover'],
    ['vote-deleted', 'remover'],
  ])('%s names as %s who did it', (type, name) => {
    const said = line({ type, change, patchSet, [name]: { username: 'alice' }, reviewer: { username: 'bob' } });

    expect(said).toMatchObject({ event: { actor: { username: 'alice' }, reviewer: { username: 'bob' } } });
    expect(said).not.toHaveProperty(`event.${name}`);
  });

  test('hashtags-changed tells what came and what went', () => {
    expect(line({ type: 'hashtags-changed', change, added: ['a'], hashtags: ['a', 'b'] })).toMatchObject({
      event: { addedHashtags: ['a'], removedHashtags: [] },
    });
  });

  test('vote-deleted may leave values out, and brings no comment that a person wrote', () => {
    const approvals = [{ type: 'Code-Review', description: 'Code-Review' }];
    const said = line({ type: 'vote-deleted', change, patchSet, approvals, comment: 'Removed Code-Review+1' });

    expect(said).toMatchObject({ kind: 'event' });
    expect(said).not.toHaveProperty('event.comment');
  });

  test.each<[string, object[], string, object[]]>([
    [
      'a vote that the comment changed',
      [{ type: 'Code-Review', value: '2', oldValue: '0' }],
      'x',
      [['Code-Review', 2]],
    ],
    ['no vote that stood before', [{ type: 'Code-Review', value: '2' }], 'x', []],
    ['no vote that was cast again', [{ type: 'Code-Review', value: '2', oldValue: '2' }], 'x', []],
    ['a vote that was taken back', [{ type: 'Code-Review', value: '0', oldValue: '-2' }], 'x', [['Code-Review', 0]]],
    ['a vote that only words tell', [], 'Patch Set 1: Verified-1', [['Verified', -1]]],
    [
      'each vote once',
      [{ type: 'Code-Review', value: '2', oldValue: '1' }],
      'Patch Set 1: Code-Review+2 Verified+1',
      [
        ['Code-Review', 2],
        ['Verified', 1],
      ],
    ],
  ])('comment-added tells %s', (_, approvals, comment, expected) => {
    const said = line({ type: 'comment-added', change, patchSet, approvals, comment });
    const votes = said.kind === 'event' ? (said.event.votes ?? []) : [];

    expect(votes.map(({ label, value }) => [label, value])).toEqual(expected);
    expect(said).not.toHaveProperty('event.approvals');
  });

  test.each([
    ['master', 'refs/heads/master'],
    ['refs/heads/master', 'refs/heads/master'],
    ['refs/tags/v1', 'refs/tags/v1'],
    ['refs/meta/config', 'refs/meta/config'],
  ])('ref-updated of %s names it in full', (refName, expected) => {
    const refUpdate = { project: 'demo', refName, oldRev: '1', newRev: '2' };

    expect(line({ type: 'ref-updated', refUpdate })).toMatchObject({ event: { refUpdate: { refName: expected } } });
  });

  test.each([
    'refs/changes/07/7/meta',
    'refs/changes/07/7/1',
    'refs/users/self',
    'refs/sequences/changes',
    'refs/meta/external-ids',
  ])('ref-updated of %s is noise', (refName) => {
    const refUpdate = { project: 'demo', refName, oldRev: '1', newRev: '2' };

    expect(line({ type: 'ref-updated', refUpdate })).toEqual({ kind: 'noise', type: 'ref-updated' });
  });

  test('tells dropped-output apart', () => {
    expect(line({ type: 'dropped-output' })).toEqual({ kind: 'dropped-output' });
  });

  test('of an unknown type is noise', () => {
    expect(line({ type: 'project-created', change })).toEqual({ kind: 'noise', type: 'project-created' });
  });

  test.each([
    ['{"type":"patchset-created"', 'not JSON'],
    ['', 'not JSON'],
    ['null', 'event: Invalid input: expected object, received null'],
    ['{"type":5}', 'type: Invalid input: expected string, received number'],
    ['{"type":"patchset-created","change":{"project":{"name":"x"}}}', expect.stringContaining('change.project')],
    ['{"type":"patchset-created"}', 'patchset-created without its change'],
    ['{"type":"ref-updated"}', 'ref-updated without its ref'],
    [
      `{"type":"patchset-created","change":{"number":1e400,"project":"a","branch":"b"}}`,
      expect.stringContaining('number'),
    ],
  ])('%j is undecodable', (text, why) => {
    expect(decodeStreamLine(text)).toEqual({ kind: 'undecodable', why });
  });

  test('never throws, whatever comes', () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    expect(decodeStreamLine(deep)).toMatchObject({ kind: 'undecodable' });
    expect(decodeStreamLine('{"type":"x","__proto__":{"polluted":1}}')).toEqual({ kind: 'noise', type: 'x' });
    expect({}).not.toHaveProperty('polluted');
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => decodeStreamLine(text).kind !== undefined));
  });
});
