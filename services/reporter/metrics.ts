import { Counter, Histogram } from 'prom-client';

/** Finished runs by what was done about them: `posted`, or why nothing was said. */
export const reportsTotal = new Counter({
  name: 'seakeeper_reporter_reports_total',
  help: 'Finished runs, by pipeline and what was done about them.',
  labelNames: ['pipeline', 'outcome'] as const,
});

/** Parts of reports that Gerrit did not take: the account lacks a grant, or the project the label. An operator must act. */
export const partsLostTotal = new Counter({
  name: 'seakeeper_reporter_parts_lost_total',
  help: 'Reports a part of which Gerrit refused (label-refused, comments-refused, attention-refused) or silently dropped (label-dropped).',
  labelNames: ['pipeline', 'outcome'] as const,
});

/** Calls for a feed of the ledger that failed: while it happens, nobody is told of refused definitions or of why. */
export const feedInterruptionsTotal = new Counter({
  name: 'seakeeper_reporter_feed_interruptions_total',
  help: 'Calls for a feed of the ledger that failed and are made again.',
  labelNames: ['feed'] as const,
});

/** Decisions other than runs: comments on refused definitions, and events given up. */
export const decisionsTotal = new Counter({
  name: 'seakeeper_reporter_decisions_total',
  help: 'Decisions read from the feed that ask for a word, by kind and what was done.',
  labelNames: ['kind', 'outcome'] as const,
});

/** Comments that ask why, by what was done. */
export const questionsTotal = new Counter({
  name: 'seakeeper_reporter_questions_total',
  help: 'Comments that ask why a change ran what it ran, by what was done: posted, or why nothing was said.',
  labelNames: ['outcome'] as const,
});

export const doneToVoteSeconds = new Histogram({
  name: 'seakeeper_reporter_done_to_vote_seconds',
  help: 'From seeing a run finished to the report standing in Gerrit.',
  buckets: [0.02, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 15, 60],
});
