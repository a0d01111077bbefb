import type { KubeObject } from '../../core/kube-object';
import { dataValues } from '../data-values';
import { compareText, type Fields, fields, isFields, list, objectsIn, same, sorted, strings } from '../json';
import { quoted } from '../quoted';
import { type DangerRule, danger } from './danger';

/**
 * Whose code runs with what: pipelines that trust more, start on more or vote where they did not, and another Gerrit
 * server or host key to believe. Read from the services' configuration, which is what they act on.
 */
export const findTrustWidening: DangerRule = (change) => {
  if (change.kind !== '/ConfigMap' || change.after === undefined) return [];
  const [was, is] = [configOf(change.before), configOf(change.after)];
  // A new ConfigMap of a new service shows pipelines that others know already: the others are compared.
  const before = change.before === undefined ? undefined : was;
  return [...pipelineDangers(before, is), ...gerritDangers(before, is)]
    .sort(compareText)
    .map((what) => danger('trust', change, what));
};

interface Config {
  readonly pipelines: ReadonlyMap<string, Fields>;
  readonly gerrit: Fields | undefined;
}

function configOf(object: KubeObject | undefined): Config {
  const roots = object === undefined ? [] : dataValues(object).map(([, value]) => value);
  const all = roots.flatMap((root) => [...objectsIn(root)].map(({ value }) => value));
  // One that is switched off is none: switching it on is what a reviewer must see.
  const pipelines = all.flatMap((value) =>
    list(value['pipelines'])
      .filter(isFields)
      .filter(({ enabled }) => enabled !== false),
  );
  return {
    pipelines: new Map(pipelines.map((pipeline) => [String(pipeline['name']), pipeline])),
    gerrit: all.map((value) => value['gerrit']).find(isFields),
  };
}

function pipelineDangers(was: Config | undefined, is: Config): string[] {
  return [...is.pipelines].flatMap(([name, pipeline]) => {
    const before = was?.pipelines.get(name);
    const trusted = pipeline['trust'] === 'post-review';
    if (before === undefined) {
      return trusted ? [`new pipeline ${quoted(name)} is post-review: its runs may hold secrets`] : [];
    }
    return [
      ...(trusted && before['trust'] !== 'post-review'
        ? [`pipeline ${quoted(name)} is post-review now: its runs may hold secrets`]
        : []),
      ...newTriggers(before, pipeline).map(
        (trigger) => `pipeline ${quoted(name)} starts on more, or on something else: ${trigger}`,
      ),
      ...managerDangers(name, before['manager'], pipeline['manager']),
      ...(isFields(pipeline['label']) && !same(before['label'], pipeline['label'])
        ? [
            `pipeline ${quoted(name)} votes ${quoted(sorted(pipeline['label']))} (was ${quoted(sorted(before['label'] ?? 'nothing'))})`,
          ]
        : []),
    ];
  });
}

function managerDangers(name: string, before: unknown, after: unknown): string[] {
  if (before === after) return [];
  if (before === 'dependent') return [`pipeline ${quoted(name)} no longer gates`];
  return before === 'definitions'
    ? [`pipeline ${quoted(name)} runs Workflows now, and no longer reviews definitions`]
    : [];
}

/**
 * Triggers that let through what none did before, with what the pipeline requires of all of them. Patterns cannot be
 * compared, so another one counts.
 */
function newTriggers(before: Fields, after: Fields): string[] {
  const had = triggersOf(before);
  return triggersOf(after)
    .filter((trigger) => !had.some((old) => includesTrigger(old, trigger)))
    .map((trigger) => quoted(sorted(trigger)));
}

const triggersOf = ({ triggers, require, reject }: Fields): Fields[] =>
  list(triggers)
    .map(fields)
    // What an author is told starts nothing.
    .map(({ unmet: _, ...trigger }) => ({
      ...trigger,
      ...(require === undefined ? {} : { 'pipeline requires': require }),
      ...(reject === undefined ? {} : { 'pipeline rejects': reject }),
    }));

/** Whether all that starts `trigger` started `old`: each condition of the old one stands. */
const includesTrigger = (old: Fields, trigger: Fields): boolean =>
  Object.entries(old).every(([condition, value]) => same(trigger[condition], value)) &&
  // Without a branch pattern a trigger never sees refs/meta/config, so naming one may let more through.
  same(old['branch'], trigger['branch']);

function gerritDangers(was: Config | undefined, is: Config): string[] {
  if (was?.gerrit === undefined || is.gerrit === undefined) return [];
  const [before, after] = [was.gerrit, is.gerrit];
  const known = strings(before['sshHostKeys']);
  return [
    ...strings(after['sshHostKeys'])
      .filter((key) => !known.includes(key))
      .map((key) => `believes another host key of Gerrit: ${quoted(key)}`),
    ...['httpUrl', 'fetchUrl', 'sshHost', 'sshPort', 'account']
      .filter((field) => !same(before[field], after[field]))
      .map((field) => `takes another Gerrit for real: ${field} ${quoted(before[field])} → ${quoted(after[field])}`),
  ];
}
