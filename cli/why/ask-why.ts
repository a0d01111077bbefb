import { whyPath } from '../../core/permalink';
import { messageOf } from '../../services/shared/errors';
import { WhyAnswer } from '../../services/shared/why/model-answer';
import type { ChangeNumber } from './parse-change';

const DEADLINE_MS = 15_000;

/**
 * Asks the status pages why a change ran what it ran; undefined when they show no such change. Rejects with one line when
 * they do not answer, or are none.
 */
export async function askWhy(baseUrl: string, { change, patchSet }: ChangeNumber): Promise<WhyAnswer | undefined> {
  const url = `${baseUrl}${whyPath(change, patchSet)}.json`;
  const response = await fetch(url, { signal: AbortSignal.timeout(DEADLINE_MS) }).catch((error: unknown) => {
    const { cause } = error instanceof Error ? error : {};
    throw new Error(`${url} does not answer: ${messageOf(cause ?? error)}; name the status pages by --url`);
  });
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  if (response.status === 404 && isJson) {
    return undefined;
  }
  const answer = response.ok && isJson ? WhyAnswer.safeParse(await response.json()).data : undefined;
  if (answer === undefined) {
    const again = response.status === 503 ? 'try again in a moment' : 'name the status pages by --url';
    throw new Error(`${url} answers ${response.status}, which says nothing of a change; ${again}`);
  }
  return answer;
}
