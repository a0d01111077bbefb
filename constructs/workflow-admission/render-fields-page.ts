import type { FieldPolicy, PolicyTable, TypePolicy } from '../../core/workflow-policy/policy';
import { isLeftToSanitiser } from './cel-rules';
import { ruleWords } from './rule-words';

/** Kept by the API server's own rules of an object, and by policies beside the table's. */
const OBJECT_TYPES: readonly string[] = ['Workflow', 'WorkflowMetadata'];

const INTRODUCTION = [
  '# Fields of a Workflow',
  '',
  'What Seakeeper does with every field of an Argo Workflow, from the table in `core/workflow-policy/`. This page is',
  'generated from it: `npm run generate:fields`. Two doors read the same table:',
  '',
  '- **T**, the trigger’s sanitiser, reads a definition in `refs/meta/config` and names line and cure in Gerrit;',
  '- **A**, admission in the API server, reads what is sent there by whomever: `argo submit`, `kubectl`, the trigger itself.',
  '',
  '| decision | T | A |',
  '|---|---|---|',
  '| allow | kept | accepted |',
  '| limit | kept within its rules | accepted within its rules |',
  '| force | dropped and set by the trigger, or refused where its author would expect what will not happen | absent, or the one value named here, which the workflow-controller’s `workflowDefaults` supply; the trigger may write what fits the pipeline |',
  '| deny | refused | refused |',
  '| strip | dropped | refused unless empty, as Go writes what was not set |',
  '',
  'A field that is not here is refused by both, at every level. What both check besides:',
  '',
  '- every `{{` begins a plain reference such as `{{inputs.parameters.name}}`; `{{=…}}` runs in the workflow-controller;',
  '- labels and annotations are a project’s own. T drops others; A refuses them, but for the few that the `argo` command',
  '  writes itself. Ours are refused by both.',
  '',
  'What T alone checks, since it is about the document as a whole and harms nobody but the run: that names of templates and',
  'volumes lead somewhere, that a template is of one kind, that graphs have no circle, that parameters exist, and that all',
  `loops together come to few enough steps. Argo refuses most of these itself, quota and \`parallelism\` bound the rest.`,
  '',
];

/** The reference page of the table, as Markdown. */
export function renderFieldsPage(table: PolicyTable): string {
  const types = Object.entries(table).flatMap(([name, type]) => ['', ...typeSection(name, type)]);
  return `${[...INTRODUCTION.slice(0, -1), ...types].join('\n')}\n`;
}

function typeSection(name: string, type: TypePolicy): string[] {
  const as = name === type.schema ? '' : ` (\`${type.schema}\` in Argo’s schema)`;
  const required = type.required === undefined ? [] : [`Must be there: ${type.required.map(code).join(', ')}.`, ''];
  return [
    `## ${name}${as}`,
    '',
    ...required,
    '| field | decision | what may be there | why | doors |',
    '|---|---|---|---|---|',
    ...Object.entries(type.fields)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([field, policy]) => row(field, policy, OBJECT_TYPES.includes(name))),
  ];
}

function row(field: string, policy: FieldPolicy, ofObject: boolean): string {
  const since = policy.since === undefined ? '' : ` (Argo ${policy.since})`;
  const doors = ofObject
    ? 'T; A by its own rules for objects'
    : (policy.rules ?? []).some(isLeftToSanitiser)
      ? 'T; A all but the name'
      : 'T A';
  return `| \`${field}\`${since} | ${policy.decision} | ${cell(ruleWords(policy))} | ${cell(policy.reason ?? '')} | ${doors} |`;
}

const code = (text: string): string => `\`${text}\``;
const cell = (text: string): string => text.replaceAll('|', '\\|');
