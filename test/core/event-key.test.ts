import { changeOfKey, eventKey, subjectOfKey, typeOfKey } from '../../core/event-key';
import type { GerritEvent } from '../../core/gerrit-event';

const change = { project: 'demo', branch: 'main', number: 7 };
const patchSet = { number: 2, revision: 'f'.repeat(40), ref: 'refs/changes/07/7/2' };
const patchsetCreated: GerritEvent = { type: 'patchset-created', change, patchSet, eventCreatedOn: 1 };

describe('eventKey', () => {
  test('is made of server, type, project, change and revision for a patch set', () => {
    expect(eventKey('local', patchsetCreated)).toBe(`local:patchset-created:demo:7:${'f'.repeat(40)}`);
  });

  test('is the same whichever source told and whenever', () => {
    expect(eventKey('local', { ...patchsetCreated, source: 'rest', eventCreatedOn: 99 })).toBe(
      eventKey('local', patchsetCreated),
    );
  });

  test('differs between two comments with equal text', () => {
    const comment: GerritEvent = { type: 'comment-added', change, patchSet, comment: 'recheck', messageId: 'one' };

    expect(eventKey('local', { ...comment, messageId: 'two' })).not.toBe(eventKey('local', comment));
  });

  test('is undefined for a comment whose message id is not known yet', () => {
    expect(eventKey('local', { type: 'comment-added', change, patchSet, comment: 'recheck' })).toBeUndefined();
  });

  test('cannot be forged by a separator inside a name', () => {
    const one = eventKey('local', { ...patchsetCreated, change: { ...change, project: 'a:7' } });
    const other = eventKey('local', { ...patchsetCreated, change: { ...change, project: 'a' } });

    expect(one?.split(':')).toHaveLength(other?.split(':').length ?? 0);
  });

  test('of a deleted change is made of the change alone: it is deleted once, and its number is never given again', () => {
    expect(eventKey('local', { type: 'change-deleted', change })).toBe('local:change-deleted:demo:7');
  });

  test.each(['topic-changed', 'reviewer-added', 'vote-deleted'])(
    'of %s is made of what it left in the change',
    (type) => {
      expect(eventKey('local', { type, change, messageId: 'm' })).toBe(`local:${type}:demo:7:m`);
      expect(eventKey('local', { type, change })).toBeUndefined();
    },
  );
});

describe('a key read back', () => {
  const comment: GerritEvent = { type: 'comment-added', change, patchSet, messageId: 'one' };
  const pushed = (refName: string): GerritEvent => ({
    type: 'ref-updated',
    refUpdate: { project: 'demo', refName, oldRev: 'a'.repeat(40), newRev: 'b'.repeat(40) },
  });
  const keyOf = (event: GerritEvent): string => eventKey('local', event) ?? '';

  test('is about the same subject for all events of a change, and another for another', () => {
    expect(subjectOfKey(keyOf(comment))).toBe(subjectOfKey(keyOf(patchsetCreated)));
    expect(subjectOfKey(keyOf(patchsetCreated))).not.toBe(
      subjectOfKey(keyOf({ ...patchsetCreated, change: { ...change, number: 8 } })),
    );
  });

  test('names the type, and nothing where it is none', () => {
    expect(typeOfKey(keyOf(comment))).toBe('comment-added');
    expect(typeOfKey('junk')).toBe('');
  });

  test('names the change, and none for a ref', () => {
    expect(changeOfKey('local:change-deleted:demo:7')).toBe(7);
    expect(changeOfKey(keyOf(comment))).toBe(7);
    expect(changeOfKey(keyOf(pushed('refs/heads/7')))).toBeUndefined();
    expect(changeOfKey(keyOf(pushed('7')))).toBeUndefined();
    expect(changeOfKey('junk')).toBeUndefined();
  });
});
