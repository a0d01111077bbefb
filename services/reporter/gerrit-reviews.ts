import type { GerritClient } from '../shared/gerrit-client';
import type { ChangeState, Review, ReviewOutcome, Reviews } from './ports';

/** Reviews over Gerrit's REST. */
export class GerritReviews implements Reviews {
  constructor(private readonly gerrit: Pick<GerritClient, 'findChange' | 'postReview'>) {}

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
      messages: (found.messages ?? []).map(({ author, tag, message }) => ({
        author: author?.username,
        tag,
        text: message,
      })),
    };
  }

  async post(review: Review): Promise<ReviewOutcome> {
    const { vote } = review;
    const outcome = await this.gerrit.postReview({
      ...review,
      notify: 'OWNER',
      ...(vote === undefined ? {} : { labels: { [vote.label]: vote.value } }),
    });
    switch (outcome.kind) {
      case 'vote-restricted': {
        // Gerrit refuses the message together with the vote; the author shall have it all the same.
        const again = await this.gerrit.postReview({ ...review, notify: 'OWNER' });
        if (again.kind === 'vote-restricted') {
          throw new Error(`Gerrit refuses our message on change ${review.change}: ${again.message}`);
        }
        return again.kind === 'change-gone' ? 'change-gone' : 'label-refused';
      }
      case 'votes-dropped':
        return 'label-dropped';
      default:
        return outcome.kind;
    }
  }
}
