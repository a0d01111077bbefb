import { reviewPreview } from '../../review/build-review';
import { previewCluster } from './preview-cluster';
import { renderRevisions } from './render-revisions';
import { basisOf, type ReviewOptions, readUse, writeReview } from './run-review';

/**
 * As `runReview`, of an approved revision and beside the cluster that is there: what the engine would do to it, and which
 * quotas are then below their use. A preview executes what it previews, so nothing else may be asked for.
 */
export async function runClusterReview(options: ReviewOptions): Promise<string> {
  if (options.approved === undefined) {
    throw new Error(
      '--cluster executes what it previews, with the cluster at hand; name the approved commit with --approved',
    );
  }
  const known = readUse(options.usage);
  const { before, after, ...rendered } = await renderRevisions(options);
  const { changes, usage } = await previewCluster(options.folder, rendered.head, options.stack);
  const basis = { ...basisOf(options, rendered), shown: 'preview' } as const;
  // What the caller says of use goes before what the cluster says.
  return writeReview(reviewPreview(basis, changes, { before, after }, new Map([...usage, ...known])), options.out);
}
