import { Pipelines } from '../../../core/pipeline';
import {
  decideGrants,
  type GrantFacts,
  type GrantNeeds,
  renderMissingGrants,
  votesOfPipelines,
} from '../../../services/shared/decide-grants';

const needs: GrantNeeds = { streamEvents: true, readConfig: true, votes: { Verified: { min: -1, max: 1 } } };
const granted: GrantFacts = {
  account: 'seakeeper-ci',
  canaryProject: 'canary',
  groups: ['Registered Users', 'Service Users'],
  streamEvents: true,
  config: 'readable',
  labels: { Verified: { defined: { min: -2, max: 2 }, permitted: { min: -1, max: 1 } } },
};

describe('decideGrants', () => {
  test('misses nothing when all is granted', () => {
    expect(decideGrants(needs, granted)).toEqual([]);
  });

  test('misses nothing that is not needed', () => {
    const nothing: GrantNeeds = { streamEvents: false, readConfig: false, votes: {} };

    expect(
      decideGrants(nothing, { ...granted, streamEvents: false, config: 'not-readable', labels: undefined }),
    ).toEqual([]);
  });

  test.each<[string, Partial<GrantFacts>, string, string[]]>([
    [
      'the event stream',
      { streamEvents: false },
      'stream-events',
      ['[capability]', '\tstreamEvents = group Service Users'],
    ],
    [
      'reading definitions',
      { config: 'not-readable' },
      'read-config',
      ['[access "refs/meta/config"]', '\texclusiveGroupPermissions = read', '\tread = group Service Users'],
    ],
    [
      'a vote',
      { labels: { Verified: { defined: { min: -1, max: 1 }, permitted: { min: 0, max: 1 } } } },
      'label-votes',
      ['[access "refs/heads/*"]', '\tlabel-Verified = -1..+1 group Service Users'],
    ],
    [
      'a label',
      { labels: {} },
      'label',
      [
        '[label "Verified"]',
        '\tfunction = NoBlock',
        '\tvalue = -1 Fails',
        '\tvalue = 0 No score',
        '\tvalue = +1 Verified',
        '\tcopyCondition = changekind:NO_CODE_CHANGE',
      ],
    ],
    ['group membership', { groups: [] }, 'service-user', ["gerrit set-members 'Service Users' --add seakeeper-ci"]],
    ['the canary project', { config: 'no-project' }, 'canary-project', ['gerrit create-project canary --empty-commit']],
  ])('names the exact lines for %s', (_, fact, kind, lines) => {
    expect(decideGrants(needs, { ...granted, ...fact })[0]).toMatchObject({ kind, lines });
  });

  test('adds only the values that a label lacks', () => {
    const wide: GrantNeeds = { ...needs, votes: { Verified: { min: -1, max: 2 } } };
    const facts = {
      ...granted,
      labels: { Verified: { defined: { min: -1, max: 1 }, permitted: { min: -1, max: 2 } } },
    };

    expect(decideGrants(wide, facts)[0]?.lines).toEqual(['[label "Verified"]', '\tvalue = +2 Verified']);
  });

  test('says so when it cannot know about votes', () => {
    expect(decideGrants(needs, { ...granted, labels: undefined })).toEqual([
      expect.objectContaining({ kind: 'canary-change' }),
    ]);
  });
});

test('renderMissingGrants gives consequence, place and lines', () => {
  expect(renderMissingGrants(decideGrants(needs, { ...granted, streamEvents: false }))).toBe(
    [
      'seakeeper-ci may not read the event stream, so nothing ever starts; add (All-Projects:project.config):',
      '[capability]',
      '\tstreamEvents = group Service Users',
    ].join('\n'),
  );
});

test('votesOfPipelines spans the votes of all pipelines on a label', () => {
  const triggers = [{ event: 'patchset-created' as const }];
  const pipelines = Pipelines.parse([
    { name: 'silent', triggers },
    { name: 'test', triggers, label: {} },
    { name: 'gate', triggers, label: { success: 2, failure: -2 } },
    { name: 'style', triggers, label: { name: 'Code-Review', success: 0, failure: -1 } },
  ]);

  expect(votesOfPipelines(pipelines)).toEqual({
    Verified: { min: -2, max: 2 },
    'Code-Review': { min: -1, max: 0 },
  });
});
