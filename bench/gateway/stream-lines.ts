/** Projects and changes that the lines are about. */
export const PROJECTS = 400;
const AUTHOR = { name: 'Ada Lovelace', email: 'ada@example.org', username: 'ada' };

/**
 * Lines as Gerrit 3.13 streams them, every field it sends: of five, three are pushed patch sets, one is a merge and one
 * an update of a branch; all of different keys.
 */
export function streamLines(count: number): Buffer[] {
  return Array.from({ length: count }, (_, index) => streamLine(index));
}

/** One of those lines. */
export function streamLine(index: number): Buffer {
  return Buffer.from(JSON.stringify(eventAt(index)), 'utf8');
}

/** Commit of the patch set that is pushed for a change, by the change's number. */
export const revisionOf = (change: number): string => sha(change - 1, 'e');

function eventAt(index: number): object {
  const kind = index % 5;
  const common = { eventCreatedOn: 1_795_000_000 + Math.floor(index / 50) };
  if (kind === 4) return { ...common, type: 'ref-updated', submitter: AUTHOR, refUpdate: refUpdateAt(index) };
  const about = { change: changeAt(index), patchSet: patchSetAt(index), project: projectAt(index) };
  const key = { key: changeAt(index).id, refName: 'refs/heads/master' };
  return kind === 3
    ? { ...common, type: 'change-merged', submitter: AUTHOR, newRev: sha(index, 'c'), ...about, changeKey: key }
    : { ...common, type: 'patchset-created', uploader: AUTHOR, ...about, changeKey: key };
}

const sha = (index: number, first: string): string => first + index.toString(16).padStart(39, '0');
export const projectAt = (index: number): string => `mediawiki/extensions/Extension${index % PROJECTS}`;

const refUpdateAt = (index: number) => ({
  oldRev: sha(index, 'a'),
  newRev: sha(index, 'b'),
  refName: 'refs/heads/master',
  project: projectAt(index),
});

const changeAt = (index: number) => ({
  project: projectAt(index),
  branch: 'master',
  topic: index % 3 === 0 ? `topic-${index}` : undefined,
  id: `I${sha(index, 'd')}`,
  number: index + 1,
  subject: `Make special page ${index} say what it does`,
  owner: AUTHOR,
  url: `https://gerrit.example.org/r/c/${projectAt(index)}/+/${index + 1}`,
  commitMessage: `Make special page ${index} say what it does\n\nIt said nothing so far, which people found hard to read.\n\nBug: T${index}\nChange-Id: I${sha(index, 'd')}\n`,
  createdOn: 1_794_999_000,
  status: 'NEW',
});

const patchSetAt = (index: number) => ({
  number: 1,
  revision: sha(index, 'e'),
  parents: [sha(index, 'f')],
  ref: `refs/changes/${String((index + 1) % 100).padStart(2, '0')}/${index + 1}/1`,
  uploader: AUTHOR,
  createdOn: 1_795_000_000,
  author: AUTHOR,
  kind: 'REWORK',
  sizeInsertions: 12,
  sizeDeletions: -3,
});
