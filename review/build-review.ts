import type { CapacitySummary, Excuses } from './capacity';
import { LinesIndex } from './cluster-index';
import { PROJECTS } from './cluster-object';
import { compareClusters, type RenderedLines } from './compare-clusters';
import type { Danger } from './dangers/danger';
import { findDangers, groupDangers, quotaDangers } from './find-dangers';
import { compareChanges, type ObjectChange } from './object-change';
import { excuseDangers, programDangers } from './program-files';
import { quotaCuts } from './quota-cuts';
import type { Review, ReviewBasis } from './review';
import type { Usage } from './usage';

/** A cluster as a program rendered it. */
export interface Rendering {
  readonly capacity: CapacitySummary;
  readonly excuses: Excuses;
  readonly lines: RenderedLines;
}

/** What a review of two renderings says. Pure: same input, same review. */
export function reviewRenderings(basis: ReviewBasis, before: Rendering, after: Rendering, usage: Usage): Review {
  return reviewChanges(basis, compareClusters(before.lines, after.lines), { before, after }, usage);
}

/**
 * What a review of a preview says: of the stack's own objects what the engine would do, of the project namespaces, which the
 * engine does not know, what differs between the renderings. Pure.
 */
export function reviewPreview(
  basis: ReviewBasis,
  previewed: readonly ObjectChange[],
  rendered: { readonly before: Rendering; readonly after: Rendering },
  usage: Usage,
): Review {
  const projects = compareClusters(rendered.before.lines, rendered.after.lines).filter(
    ({ origin }) => origin === PROJECTS,
  );
  return reviewChanges(basis, [...previewed, ...projects].sort(compareChanges), rendered, usage);
}

function reviewChanges(
  basis: ReviewBasis,
  changes: readonly ObjectChange[],
  { before, after }: { readonly before: Rendering; readonly after: Rendering },
  usage: Usage,
): Review {
  const context = { before: new LinesIndex(before.lines), after: new LinesIndex(after.lines) };
  const cuts = quotaCuts(changes, context.after, usage);
  const dangers: Danger[] = [
    ...findDangers(changes, context),
    ...quotaDangers(cuts),
    ...excuseDangers(before.excuses, after.excuses),
    ...programDangers(basis.notExecuted),
  ];
  return {
    basis,
    dangers: groupDangers(dangers),
    cuts,
    changes,
    capacity: { before: before.capacity, after: after.capacity },
  };
}
