import { ProjectSpec } from '../../core/project';
import { classProblem } from './cross-check';
import { type Problem, placeOf } from './problem';
import type { ReadText } from './read-text';

/** A project of a list file, and where it stands. */
export interface ListedProject {
  readonly project: ProjectSpec;
  /** `file:line`. */
  readonly where: string;
}

/** Projects of list files, and what is wrong with the files. */
export interface ProjectLists {
  readonly listed: readonly ListedProject[];
  readonly problems: readonly Problem[];
}

/**
 * Reads files of projects: a Gerrit name a line, its class behind it where it is not `default`; `#` begins a comment.
 *
 * @param classes - what a class may be; undefined: anything, as when the classes themselves are not readable
 */
export function readProjectLists(
  paths: readonly string[],
  classes: Classes | undefined,
  readText: ReadText,
): ProjectLists {
  const listed: ListedProject[] = [];
  const problems: Problem[] = [];
  const places = new Map<string, string>();
  for (const [index, path] of paths.entries()) {
    const text = textOf(path, readText);
    if (text === undefined) {
      const message = `must be a file, by its path from the folder of Pulumi.yaml; got "${path}"`;
      problems.push({ where: placeOf(['projectLists', index]), message });
    }
    for (const { words, where } of linesOf(path, text ?? '')) {
      const [gerritName = '', projectClass] = words;
      const messages = lineProblems(words, classes, places.get(gerritName));
      problems.push(...messages.map((message) => ({ where, message })));
      if (messages.length === 0) {
        places.set(gerritName, where);
        listed.push({ project: ProjectSpec.parse({ gerritName, class: projectClass }), where });
      }
    }
  }
  return { listed, problems };
}

type Classes = Readonly<Record<string, unknown>>;

function lineProblems(words: readonly string[], classes: Classes | undefined, first: string | undefined): string[] {
  const [gerritName, projectClass = 'default'] = words;
  return [
    words.length > 2 ? `must be a name and a class; got ${words.length} words` : undefined,
    classes === undefined ? undefined : classProblem(projectClass, classes),
    first === undefined ? undefined : `'${gerritName}' is listed twice; it is also ${first}`,
  ].filter((message) => message !== undefined);
}

function linesOf(path: string, text: string) {
  return text.split('\n').flatMap((line, index) => {
    const words = line
      .replace(/(^|\s)#.*$/, '')
      .trim()
      .split(/\s+/);
    return words[0] === '' ? [] : [{ words, where: `${path}:${index + 1}` }];
  });
}

function textOf(path: string, readText: ReadText): string | undefined {
  try {
    return readText(path);
  } catch {
    return undefined;
  }
}
