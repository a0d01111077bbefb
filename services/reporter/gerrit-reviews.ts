import { allowWrite, type Fence } from '../shared/fence';
import type { GerritClient } from '../shared/gerrit-client';
import type { ChangeState, LostPart, Review, ReviewOutcome, Reviews } from './ports';

/** Most time for one review. Milliseconds. */
const DEADLINE_MS = 15_000;

/** Reviews over Gerrit's REST. */
export class GerritReviews implements Reviews {
  constructor(
    private readonly gerrit: Pick<GerritClient, 'findChange' | 'postReview'>,
    /** Asked before each review, so that a reporter that leads no more posts nothing. @default - it is alone */
    private readonly fence?: Fence,
  ) {}

  async find(project: string, change: number): Promise<ChangeState | undefined> {
    const found = await this.gerrit.findChange(project, change, ['CURRENT_REVISION', 'MESSAGES', 'DETAILED_ACCOUNTS']);
    if (found?.current_revision === undefined) {
      return undefined;
    }
    return {
      project,
      number: change,
      status: found.status,
      currentRevision: found.current_revision,
      owner: found.owner._account_id,
      workInProgress: found.work_in_progress,
      messages: (found.messages ?? []).map(({ author, tag, message }) => ({
        author: author?.username,
        tag,
        text: message,
      })),
    };
  }

  async post(review: Review): Promise<ReviewOutcome> {
    let refusal = '';
    for (const { attempt, lost } of attemptsAt(review)) {
      const { vote, notify = 'OWNER', ...rest } = attempt;
      const labels = vote === undefined ? {} : { labels: { [vote.label]: vote.value } };
      const deadlineMs = this.fence && allowWrite(this.fence, `review of change ${review.change}`, DEADLINE_MS);
      const outcome = await this.gerrit.postReview({ ...rest, notify, ...labels }, deadlineMs);
      switch (outcome.kind) {
        case 'vote-restricted':
        case 'refused':
          refusal = outcome.message;
          break;
        case 'votes-dropped':
          return 'label-dropped';
        case 'posted':
          return lost ?? 'posted';
        default:
          return outcome.kind;
      }
    }
    throw new Error(`Gerrit refuses our message on change ${review.change}: ${refusal}`);
  }
}

/**
 * The review, then the same without one of its parts, then the message alone: Gerrit refuses the whole for one part, in
 * words that are no interface, and the author shall have the message all the same.
 */
function attemptsAt(review: Review): { readonly attempt: Review; readonly lost?: LostPart }[] {
  const { vote, comments = [], attention = [] } = review;
  const parts: { readonly lost: LostPart; readonly without: Partial<Review> }[] = [
    ...(vote === undefined ? [] : [{ lost: 'label-refused' as const, without: { vote: undefined } }]),
    ...(comments.length === 0 ? [] : [{ lost: 'comments-refused' as const, without: { comments: [] } }]),
    ...(attention.length === 0 ? [] : [{ lost: 'attention-refused' as const, without: { attention: [] } }]),
  ];
  const one = parts.map(({ lost, without }) => ({ lost, attempt: { ...review, ...without } }));
  const bare = { ...review, vote: undefined, comments: [], attention: [] };
  const alone = parts.slice(0, parts.length > 1 ? 1 : 0).map(({ lost }) => ({ lost, attempt: bare }));
  return [{ attempt: review }, ...one, ...alone];
}
