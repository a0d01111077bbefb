import type { AccessQuestion } from '../../policy/authorize';
import type { AccessCheck } from './check-access';
import { type AccessModel, type Actor, extent, may } from './model-access';
import { questionsOf, RIGHTS, type Right } from './rights';

/** What is printed with every answer. */
export interface AccessHeading {
  readonly project: string;
  readonly stack: string;
  /** What people are known from, and how they stand with Gerrit. */
  readonly notes: readonly string[];
  /** What the answers were checked against; absent: they are computed only. */
  readonly server?: string;
  /** Why they are computed only. */
  readonly unchecked?: string;
}

const CELLS = { all: 'yes', some: 'part', nothing: '-' } as const;
const WIDTH = 118;
const NOTHING = 'nothing gives it';

/** Everybody's rights as a table: a column for each role, with everybody who is in it above. */
export function renderTable(heading: AccessHeading, model: AccessModel, check: AccessCheck | undefined): string {
  const roles = alike(model);
  const head = ['', ...roles.map(({ role }) => role)];
  const rights = RIGHTS.map((right, index) => [right.title, ...roles.map(({ cells }) => cells[index] ?? '')]);
  return [
    `Who may do what with project ${heading.project}, in namespace ${model.namespace} of stack ${heading.stack}`,
    ...heading.notes,
    '',
    ...roles.flatMap(({ role, names }) => wrapped(role, names)),
    '',
    ...columns([head, ...rights]),
    '',
    "part: of some verbs or kinds; --as says which, for a user, or as written above: --as 'group x', --as namespace/account",
    '',
    ...verdict(heading, check),
    '',
  ].join('\n');
}

interface AlikeActors {
  readonly role: string;
  readonly names: readonly string[];
  readonly cells: readonly string[];
}

/** Actors by role and by what they may: two of one role differ when one is in another role too. */
function alike(model: AccessModel): AlikeActors[] {
  const found = new Map<string, AlikeActors & { names: string[] }>();
  for (const actor of model.actors) {
    const cells = RIGHTS.map((right) => CELLS[extent(model, actor, right)]);
    const key = JSON.stringify([actor.role, cells]);
    const others = [...found.values()].filter(({ role }) => role.split(' ')[0] === actor.role).length;
    const role = others === 0 ? actor.role : `${actor.role} ${others + 1}`;
    const row = found.get(key) ?? { role, names: [], cells };
    row.names.push(actor.source === undefined ? actor.name : `${actor.name} (${actor.source})`);
    found.set(key, row);
  }
  return [...found.values()];
}

/** A role and everybody in it, on as many lines as that takes. */
function wrapped(role: string, names: readonly string[]): string[] {
  const lines = [''];
  for (const name of names) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + name.length > WIDTH - ROLE_WIDTH) lines.push(name);
    else lines[lines.length - 1] = last === '' ? name : `${last}, ${name}`;
  }
  return lines.map((line, index) => `${(index === 0 ? role : '').padEnd(ROLE_WIDTH)}${line}`);
}

const ROLE_WIDTH = 14;

/** One actor's rights with what gives them, and what they may not. */
export function renderActor(
  heading: AccessHeading,
  model: AccessModel,
  actor: Actor,
  check: AccessCheck | undefined,
): string {
  const rows = RIGHTS.flatMap((right) => rightRows(model, actor, right));
  return [
    `What ${actor.name} may do with project ${heading.project}, in namespace ${model.namespace} of stack ${heading.stack}`,
    `role: ${actor.role}${actor.source === undefined ? '' : `, says ${actor.source}`}`,
    ...heading.notes,
    '',
    ...columns([['MAY', 'WHAT', 'BECAUSE', 'THAT IS'], ...rows]),
    '',
    ...bounds(model, actor),
    ...verdict(heading, check),
    '',
  ].join('\n');
}

/** Which policies decide what a request may hold that the rights allow. */
function bounds(model: AccessModel, actor: Actor): string[] {
  const policies = RIGHTS.flatMap((right) => questionsOf(right, model.namespace))
    .filter((question) => may(model, actor, question))
    .flatMap((question) => model.admission(actor, question).boundedBy);
  const names = [...new Set(policies)].sort();
  return names.length === 0
    ? []
    : ['within admission: what it may hold decide the policies', `  ${names.join(', ')}`, ''];
}

function rightRows(model: AccessModel, actor: Actor, right: Right): string[][] {
  const byReason = new Map<string, { allowed: boolean; questions: AccessQuestion[] }>();
  for (const question of questionsOf(right, model.namespace)) {
    const reason = reasonOf(model, actor, question);
    const row = byReason.get(reason) ?? { allowed: may(model, actor, question), questions: [] };
    row.questions.push(question);
    byReason.set(reason, row);
  }
  return [...byReason].map(([reason, { allowed, questions }], index) => [
    allowed ? 'yes' : 'no',
    index === 0 ? right.title : '',
    reason,
    verbsOf(questions),
  ]);
}

function reasonOf(model: AccessModel, actor: Actor, question: AccessQuestion): string {
  const grant = model.answer(actor, question);
  if (grant === undefined) return NOTHING;
  const { refusedBy, boundedBy } = model.admission(actor, question);
  if (refusedBy !== undefined) return `admission refuses it (${refusedBy.policy}): the right is there to be told why`;
  const bounds = boundedBy.length === 0 ? '' : ', within admission';
  return `${grant.binding} gives ${grant.role}${bounds}`;
}

function verdict({ server, unchecked }: AccessHeading, check: AccessCheck | undefined): string[] {
  if (check === undefined) return [`COMPUTED ONLY, not checked: ${unchecked ?? 'no cluster was asked'}`];
  const { asked, disagreements } = check;
  if (disagreements.length === 0) return [`checked: ${server} gives the same ${asked} answers`];
  return [
    `DISAGREEMENT: ${server} answers ${disagreements.length} of ${asked} otherwise than what is rendered`,
    ...disagreements.map(({ actor, question, computed, reason }) => {
      const what = `${actor.name} (${actor.role}): ${question.verb} ${named(question)}${question.namespace === undefined ? ' in all namespaces' : ''}`;
      return computed === undefined
        ? `  ALLOWED  ${what}: nothing rendered gives it${reason === '' ? '' : `; ${reason}`}`
        : `  REFUSED  ${what}: ${computed.binding} with ${computed.role} should give it`;
    }),
  ];
}

/** `get, list pods, events; get pods/log`. */
function verbsOf(questions: readonly Omit<AccessQuestion, 'namespace'>[]): string {
  const byResource = new Map<string, string[]>();
  for (const question of questions) {
    byResource.set(named(question), [...(byResource.get(named(question)) ?? []), question.verb]);
  }
  const byVerbs = new Map<string, string[]>();
  for (const [resource, verbs] of byResource) {
    byVerbs.set(verbs.join(' '), [...(byVerbs.get(verbs.join(' ')) ?? []), resource]);
  }
  return [...byVerbs].map(([verbs, resources]) => `${verbs} ${resources.join(', ')}`).join('; ');
}

const named = ({ resource, name }: Pick<AccessQuestion, 'resource' | 'name'>): string =>
  name === undefined ? resource : `${resource} '${name}'`;

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
