import type { GerritClient } from '../../services/shared/gerrit-client';
import { revisionOf } from '../gateway/stream-lines';
import { passDefinition } from '../pass-definition';

const COMMIT = 'd'.repeat(40);
const CREATED = '2026-11-23T10:00:00Z';
const DEFINITION = passDefinition('registry.example.org/busybox:1');

const nobodyAsks = async () => {
  throw new Error('no condition of the measured pipeline needs it');
};

/** A Gerrit that knows every change of `streamLine`, each open at its one patch set, and forgets what is said of it. */
export const agreeableGerrit: Pick<
  GerritClient,
  | 'findChange'
  | 'patchSetComments'
  | 'queryChanges'
  | 'listTips'
  | 'findTip'
  | 'findFile'
  | 'postReview'
  | 'groups'
  | 'capabilities'
  | 'isConfigVisible'
  | 'findFiles'
  | 'findGroup'
  | 'findAccount'
  | 'groupsOf'
  | 'findCommentPaths'
  | 'countLines'
> = {
  findChange: async (project, change) => ({
    id: `${encodeURIComponent(project)}~${change}`,
    project,
    branch: 'master',
    _number: change,
    change_id: `I${revisionOf(change)}`,
    subject: 'Make special pages say what they do',
    status: 'NEW',
    created: CREATED,
    updated: CREATED,
    owner: { username: 'ada' },
    current_revision: revisionOf(change),
    messages: [],
  }),
  findTip: async () => ({ kind: 'found', revision: COMMIT }),
  findFile: async () => ({ kind: 'found', content: DEFINITION }),
  postReview: async () => ({ kind: 'posted' }),
  patchSetComments: async () => [],
  async *queryChanges() {},
  async *listTips() {},
  groups: async () => [],
  capabilities: async () => ({ streamEvents: true }),
  isConfigVisible: async () => undefined,
  findFiles: nobodyAsks,
  findGroup: nobodyAsks,
  findAccount: nobodyAsks,
  groupsOf: nobodyAsks,
  findCommentPaths: nobodyAsks,
  countLines: nobodyAsks,
};
