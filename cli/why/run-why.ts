import type { WhyAnswer } from '../../services/shared/why/model-answer';
import { renderWhy } from '../../services/shared/why/render-why';
import { hint } from '../../stacks/config/nearest-name';
import { askWhy } from './ask-why';
import { parseChange } from './parse-change';
import { type AddressOptions, statusAddress } from './status-address';

export interface WhyOptions extends AddressOptions {
  /** As typed: `1234` or `1234,2`. */
  readonly change: string;
  /** Only this pipeline, with everything that happened in it. */
  readonly pipeline?: string | undefined;
}

/**
 * `npm run why`: resolves to the answer as text. Rejects with one line when the change or pipeline is none, when the
 * status pages do not show the change, or cannot be asked.
 */
export async function runWhy(options: WhyOptions): Promise<string> {
  const asked = parseChange(options.change);
  const baseUrl = await statusAddress(options);
  const answer = await askWhy(baseUrl, asked);
  if (answer === undefined) {
    throw new Error(
      `${baseUrl} shows no change ${asked.change}: nothing was seen of it, or it is not public; comment 'why' on a change that is not, or ask who administers the cluster, who can read the ledger (docs/how-to/why.md)`,
    );
  }
  const { pipeline } = options;
  checkPipeline(answer, pipeline);
  return renderWhy(answer, { pipeline, linkOf: (path) => baseUrl + path });
}

function checkPipeline({ patchSets }: WhyAnswer, pipeline: string | undefined): void {
  const names = [...new Set(patchSets.flatMap(({ pipelines }) => pipelines.map((each) => each.pipeline)))];
  if (pipeline !== undefined && !names.includes(pipeline)) {
    throw new Error(`there is no pipeline '${pipeline}', allowed are ${names.join(', ')}${hint(pipeline, names)}`);
  }
}
