import type { Excuses } from './capacity';
import type { Danger } from './dangers/danger';
import { quoted } from './quoted';

/** Parts of the program that decide what is trusted, and of which a rendering shows nothing: they run inside services. */
const TRUSTED: readonly { readonly path: RegExp; readonly what: string }[] = [
  { path: /^core\/workflow-policy\//, what: "the policy for projects' definitions changes in code" },
  { path: /^services\//, what: 'code of services that hold Gerrit or cluster credentials changes' },
  {
    path: /^(policy|review|cli\/review|ci)\//,
    what: 'the rules or the review that judge a change are changed themselves',
  },
  { path: /^package(-lock)?\.json$/, what: 'libraries or scripts of the program change' },
];

/** Dangers that lie in changed files of the program themselves. */
export const programDangers = (changed: readonly string[]): Danger[] =>
  TRUSTED.flatMap(({ path, what }): Danger[] => {
    const files = changed.filter((file) => path.test(file));
    const names = files.length > 3 ? `${files.slice(0, 3).join(', ')}, …` : files.join(', ');
    return files.length === 0 ? [] : [{ kind: 'trust', what: `${what}: ${names}` }];
  });

/** Files that are neither stack configuration nor named by it, and are no part of what a program makes. */
const HARMLESS = /^(docs|test|bench)\/|(^|\/)[^/]+\.md$|^LICENSE$/;

/** Of changed files those of the program: all but documents, tests, and the data of stack configurations. */
export const programFiles = (changed: readonly string[], data: ReadonlySet<string>): string[] =>
  changed.filter((file) => !data.has(file) && !HARMLESS.test(file) && !/^Pulumi\.[^/]+\.yaml$/.test(file)).sort();

/** Dangers of being excused from a rule that held before. */
export const excuseDangers = (before: Excuses, after: Excuses): Danger[] => [
  ...after.unpinnedImages
    .filter((image) => !before.unpinnedImages.includes(image))
    .map(
      (image): Danger => ({
        kind: 'image',
        what: `image ${quoted(image)} may stay without a digest (seakeeper:policy)`,
      }),
    ),
  ...(after.acceptShortfall && !before.acceptShortfall
    ? [
        {
          kind: 'trust',
          what: 'an update goes on although the system does not fit the machines (acceptShortfall)',
        } as const,
      ]
    : []),
];
