import type { PersonMatcher } from '../../../core/condition';
import { CONFIG_REF } from '../../../core/config-change';
import type { Account } from '../../../core/gerrit-event';
import { listOf } from '../../../core/one-or-more';
import type { PipelineTrigger } from '../../../core/pipeline-trigger';
import { compilePatterns, type TextPatterns } from '../../../core/text-pattern';
import { answer, not, unsaid } from './model-answer';
import { type Condition, onFound, showTexts, type Test } from './model-condition';
import type { Subject } from './model-facts';
import * as read from './model-reading';
import { planCommand } from './plan-command';
import { planPerson } from './plan-person';
import { planCast, planStanding } from './plan-votes';

type Stated = Omit<PipelineTrigger, 'event' | 'time' | 'jitterSeconds' | 'require' | 'reject' | 'unmet' | 'approval'>;
/** What is given for each condition that means the same wherever it stands. */
type Given = { [Name in keyof Stated]-?: NonNullable<Stated[Name]> };
type Conditions = { readonly [Name in keyof Given]?: Given[Name] | undefined };

/** A trigger's own conditions, without its `require` and `reject`. */
export function planTrigger(trigger: PipelineTrigger, path: string): Condition[] {
  const { event, time, jitterSeconds, approval } = trigger;
  const events = listOf(event);
  return [
    {
      path: `${path}.event`,
      wanted: events.map((type) => `'${type}'`).join(' or '),
      test: ({ event: { type } }) =>
        answer(
          events.some((wanted) => wanted === type),
          () => `'${type}'`,
        ),
    },
    ...(time === undefined ? [] : [onTime(path, time, jitterSeconds)]),
    ...planConditions(trigger, path),
    ...(trigger.branch === undefined ? [noConfigBranch(path)] : []),
    ...(approval === undefined ? [] : [{ path: `${path}.approval`, ...planCast(approval) }]),
  ];
}

/** All conditions of `require` and `reject`: every one of the former must hold, none of the latter. */
export function planPrerequisites(
  { require = {}, reject = {} }: Pick<PipelineTrigger, 'require' | 'reject'>,
  path: string,
): Condition[] {
  const under = ({ approval, ...conditions }: NonNullable<typeof require>, place: string) => [
    ...planConditions(conditions, place),
    ...(approval === undefined ? [] : planStanding(approval, `${place}.approval`)),
  ];
  return [
    ...under(require, `${path}.require`),
    ...under(reject, `${path}.reject`).map(({ wanted, test, ...condition }) => ({
      ...condition,
      wanted: `anything but ${wanted}`,
      test: (subject: Subject) => not(test(subject)),
    })),
  ];
}

function planConditions(conditions: Conditions, path: string): Condition[] {
  const plan = <Name extends keyof Given>(name: Name): Condition[] => {
    const given: Given[Name] | undefined = conditions[name];
    return given === undefined ? [] : [{ path: `${path}.${name}`, ...PLANS[name](given) }];
  };
  return (Object.keys(PLANS) as (keyof Given)[]).flatMap((name) => plan(name));
}

/** How each condition is compiled, in the order in which they are looked at: what the event says itself comes first. */
const PLANS: { readonly [Name in keyof Given]: (given: Given[Name]) => Test } = {
  project: (patterns) => someText(read.project, patterns),
  branch: (patterns) => someText(read.branch, patterns),
  ref: (patterns) => someText(read.ref, patterns),
  tag: (patterns) => someText(read.tag, patterns),
  comment: (patterns) => unshownText(read.comment, patterns),
  command: planCommand,
  addedHashtag: (patterns) => unshownText(read.addedHashtags, patterns),
  removedHashtag: (patterns) => unshownText(read.removedHashtags, patterns),
  kind: (kinds) =>
    someText(
      read.kind,
      listOf(kinds).map((plain) => ({ plain })),
    ),
  commitMessage: (patterns) => unshownText(read.commitMessage, patterns),
  by: (person) => somebody(read.actor, person),
  uploader: (person) => somebody(read.uploader, person),
  author: (person) => somebody(read.author, person),
  topic: (patterns) => unshownText(read.topic, patterns),
  hashtag: (patterns) => unshownText(read.hashtags, patterns),
  wip: (wanted) => isAs(read.isWip, wanted),
  private: (wanted) => isAs(read.isPrivate, wanted),
  file: (patterns) => unshownText(read.files, patterns),
  forbiddenFile: forbidden,
  irrelevantFile: irrelevant,
};

function someText(reader: read.Reader<string>, patterns: TextPatterns): Test {
  const { matches, wanted } = compilePatterns(patterns);
  return {
    wanted,
    test: onFound(reader, (texts) => {
      const match = texts.find(matches);
      return answer(match !== undefined, () => showTexts(match === undefined ? texts : [match]));
    }),
  };
}

/** What people wrote or named. */
function unshownText(reader: read.Reader<string>, patterns: TextPatterns): Test {
  const { matches, wanted } = compilePatterns(patterns);
  return { wanted, test: onFound(reader, (texts) => answer(texts.some(matches), unsaid)) };
}

function forbidden(patterns: TextPatterns): Test {
  const { matches, wanted } = compilePatterns(patterns);
  return {
    wanted: `no file that is ${wanted}`,
    test: onFound(read.files, (paths) => answer(!paths.some(matches), unsaid)),
  };
}

/** A patch set without files, such as a merge without conflicts, is not all irrelevant: there is nothing that could be. */
function irrelevant(patterns: TextPatterns): Test {
  const { matches, wanted } = compilePatterns(patterns);
  return {
    wanted: `a file that is not ${wanted}`,
    test: onFound(read.files, (paths) => answer(paths.length === 0 || !paths.every(matches), unsaid)),
  };
}

function isAs(reader: read.Reader<boolean>, wanted: boolean): Test {
  return {
    wanted: String(wanted),
    test: onFound(reader, ([is]) => answer(is === wanted, () => (is === undefined ? 'no change' : String(is)))),
  };
}

function somebody(reader: read.Reader<Account>, person: PersonMatcher): Test {
  const { test, wanted } = planPerson(person);
  return {
    wanted,
    test: onFound(reader, ([who], { facts }) => (who === undefined ? answer(false, () => 'nobody') : test(who, facts))),
  };
}

/** The event is of this schedule: two pipelines with the same one have their events in common. */
function onTime(path: string, time: string, jitterSeconds = 0): Condition {
  return {
    path: `${path}.time`,
    wanted: `'${time}'`,
    test: ({ event: { timer } }) =>
      answer(timer?.time === time && timer.jitterSeconds === jitterSeconds, () => `'${timer?.time ?? ''}'`),
  };
}

/** A change to refs/meta/config is no code: only a trigger that names the branch wants it. */
function noConfigBranch(path: string): Condition {
  return {
    path: `${path}.branch`,
    wanted: 'a branch of code where none is named',
    test: ({ event }) => answer(event.change?.branch !== CONFIG_REF, () => `'${event.change?.branch ?? ''}'`),
  };
}
