import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import { Limit } from '../../../core/workflow-policy/limits';
import { Findings, quote } from './sanitize-findings';

/** A definition as YAML: one document whose nodes know where they stand, or findings. */
export interface ParsedYaml {
  readonly root: Node | undefined;
  readonly findings: Findings;
  /** What an alias stands for; undefined when it may not be followed: too many, or to nothing. */
  readonly follow: (node: Node) => Node | undefined;
}

const CORE_TAGS = /^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)$/;
/** All that is no text: C0 and C1 controls but tab and line ends, lone surrogates, and what was no UTF-8. */
const NOT_TEXT = /[^\P{Cc}\t\n\r]|\p{Cs}|\uFFFD|\u2028|\u2029/u;

/** Reads a definition as YAML 1.2, core schema: one document, no duplicate keys, no tags, few aliases. */
export function sanitizeYaml(file: string, text: string): ParsedYaml {
  const lines = new LineCounter();
  const findings = new Findings(file, (offset) => lines.linePos(offset));
  const refuse = (offset: number, message: string): ParsedYaml => {
    findings.add({ path: '', offset }, message);
    return { root: undefined, findings, follow: () => undefined };
  };

  const bytes = Buffer.byteLength(text, 'utf8');
  if (bytes > Limit.fileBytes) {
    lines.addNewLine(0);
    return refuse(0, `the file has ${bytes} bytes, allowed are ${Limit.fileBytes}; move scripts into the repository`);
  }
  const bad = NOT_TEXT.exec(text);
  if (bad !== null) {
    addLines(lines, text);
    const code = bad[0].codePointAt(0)?.toString(16).padStart(4, '0');
    return refuse(bad.index, `character U+${code} is not text, allowed is UTF-8 without control characters; remove it`);
  }

  let documents: readonly Document[];
  try {
    const parsed = parseAllDocuments(text, {
      version: '1.2',
      schema: 'core',
      strict: true,
      uniqueKeys: true,
      merge: false,
      prettyErrors: false,
      logLevel: 'silent',
      lineCounter: lines,
    });
    documents = Array.isArray(parsed) ? parsed : [];
  } catch (error) {
    // The parser recurses; a file of nothing but brackets ends its stack.
    return refuse(0, `the file cannot be read as YAML (${error instanceof Error ? error.message : ''}); simplify it`);
  }
  const [document, second] = documents;
  if (document === undefined) {
    lines.addNewLine(0);
    return refuse(0, 'the file is empty, allowed is one Argo Workflow; write one or delete the file');
  }
  for (const problem of documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])) {
    findings.add({ path: problem.code, offset: problem.pos[0] }, `not valid YAML: ${firstLine(problem.message)}`);
  }
  if (second !== undefined) {
    return refuse(second.range?.[0] ?? 0, 'the file has a second document, allowed is one; remove it and its ---');
  }
  if (document.directives?.yaml.explicit === true && document.directives.yaml.version !== '1.2') {
    return refuse(0, `%YAML ${document.directives.yaml.version} is not allowed, allowed is 1.2; remove the directive`);
  }
  return { root: document.contents ?? undefined, findings, follow: follower(document, findings) };
}

/** Follows aliases a bounded number of times, so that a few lines cannot become gigabytes. */
function follower(document: Document, findings: Findings): (node: Node) => Node | undefined {
  let aliases = 0;
  return (node) => {
    const offset = node.range?.[0] ?? 0;
    if ((isScalar(node) || isMap(node) || isSeq(node)) && node.tag !== undefined && !CORE_TAGS.test(node.tag)) {
      findings.add({ path: 'tag', offset }, `tag ${quote(node.tag)} is not allowed; remove it`);
      return undefined;
    }
    if (!isAlias(node)) {
      return node;
    }
    aliases++;
    if (aliases > Limit.aliases) {
      findings.add({ path: 'alias', offset }, `more than ${Limit.aliases} aliases are used; write the values out`);
      return undefined;
    }
    const target = node.resolve(document);
    if (target === undefined) {
      findings.add(
        { path: 'alias', offset },
        `alias ${quote(node.source)} has no anchor before it; write the value out`,
      );
    }
    return target;
  };
}

function addLines(lines: LineCounter, text: string): void {
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    lines.addNewLine(at + 1);
  }
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';
