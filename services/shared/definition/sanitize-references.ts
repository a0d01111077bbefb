import { PARAMETER_NAMES } from '../../../core/definition-parameters';
import { Limit } from '../../../core/workflow-policy/limits';
import { curatedProblems } from './sanitize-curated';
import { type Findings, quote } from './sanitize-findings';
import { isObject, type JsonObject, type JsonValue, listOf, objectOf, objectsOf, textOf } from './sanitize-json';
import type { Positions } from './sanitize-walk';

const KINDS = ['container', 'containerSet', 'script', 'dag', 'steps'] as const;
const RUN_PARAMETER = /\{\{\s*workflow\.parameters\.([A-Za-z0-9_-]+)\s*\}\}/g;
/** Names in a `depends` expression; what follows a dot is a result such as `Succeeded`. */
const DEPENDS_NAME = /(?<![A-Za-z0-9_.-])[A-Za-z0-9_][A-Za-z0-9_-]*/g;

/** A call of a template: from a step, a task or a hook. */
interface Call {
  readonly path: string;
  readonly node: JsonObject;
  /** How often it runs at most; a list that is only known later counts once. */
  readonly times: number;
}

/** Checks what one place of a definition says about another: names that must exist, and how much it all comes to. */
export function sanitizeReferences(workflow: JsonObject, positions: Positions, findings: Findings): void {
  new References(objectOf(workflow['spec']), positions, findings).check();
}

class References {
  private readonly templates = new Map<string, { node: JsonObject; path: string }>();

  constructor(
    private readonly spec: JsonObject,
    private readonly positions: Positions,
    private readonly findings: Findings,
  ) {}

  check(): void {
    this.collectTemplates();
    this.templateExists(this.spec['entrypoint'], 'spec.entrypoint');
    this.templateExists(this.spec['onExit'], 'spec.onExit');
    for (const call of this.hooks(this.spec, 'spec')) {
      this.checkCall(call);
    }
    for (const { node, path } of this.templates.values()) {
      this.checkTemplate(node, path);
    }
    this.checkRunParameters();
    if (this.findings.isEmpty) {
      this.checkSize();
    }
  }

  private refuse(path: string, message: string): void {
    this.findings.add({ path, offset: this.offset(path) }, message);
  }

  /** Of the path, or of the nearest thing around it that is written down. */
  private offset(path: string): number {
    for (let at = path; at !== ''; at = at.replace(/(\.[^.[]*|\[\d+\])$|^[^.[]*$/, '')) {
      const offset = this.positions.get(at);
      if (offset !== undefined) {
        return offset;
      }
    }
    return 0;
  }

  private collectTemplates(): void {
    for (const [index, node] of objectsOf(this.spec['templates']).entries()) {
      const name = textOf(node['name']) ?? '';
      const path = `spec.templates[${index}]`;
      if (this.templates.has(name)) {
        this.refuse(`${path}.name`, `template ${quote(name)} is there twice; rename one`);
      }
      this.templates.set(name, { node, path });
    }
  }

  private templateExists(value: JsonValue | undefined, path: string): void {
    const name = textOf(value);
    if (name !== undefined && !this.templates.has(name)) {
      const known = [...this.templates.keys()].slice(0, 10).map(quote).join(', ');
      this.refuse(path, `${path} names template ${quote(name)}, which is not there; there are ${known || 'none'}`);
    }
  }

  private checkTemplate(node: JsonObject, path: string): void {
    const kinds = KINDS.filter((kind) => node[kind] !== undefined);
    if (kinds.length !== 1) {
      const has = kinds.length === 0 ? 'none of them' : kinds.join(' and ');
      this.refuse(path, `template ${quote(node['name'])} has ${has}, allowed is exactly one of ${KINDS.join(', ')}`);
    }
    for (const call of this.callsOf(node, path)) {
      this.checkCall(call);
    }
    this.checkGraph(objectOf(node['dag']), `${path}.dag`);
    this.checkMounts(node, path);
  }

  private checkCall({ node, path }: Call): void {
    const reference = node['templateRef'];
    if ((node['template'] === undefined) === (reference === undefined)) {
      this.refuse(path, `${path} must have one of template and templateRef; give it one`);
    }
    this.templateExists(node['template'], `${path}.template`);
    for (const { at, says } of isObject(reference) ? curatedProblems(node) : []) {
      this.refuse(`${path}${at}`, `${path}${at} ${says}`);
    }
    this.templateExists(node['onExit'], `${path}.onExit`);
    for (const hook of this.hooks(node, path)) {
      this.checkCall(hook);
    }
    const loops = ['withItems', 'withParam', 'withSequence'].filter((name) => node[name] !== undefined);
    if (loops.length > 1) {
      this.refuse(path, `${path} has ${loops.join(' and ')}, allowed is one of them`);
    }
  }

  private checkGraph(dag: JsonObject, path: string): void {
    const tasks = objectsOf(dag['tasks']);
    const needs = new Map<string, readonly string[]>();
    for (const [index, task] of tasks.entries()) {
      const name = textOf(task['name']) ?? '';
      if (needs.has(name)) {
        this.refuse(`${path}.tasks[${index}].name`, `task ${quote(name)} is there twice; rename one`);
      }
      const depends = textOf(task['depends'])?.match(DEPENDS_NAME) ?? [];
      needs.set(name, [...depends, ...listOf(task['dependencies']).flatMap((one) => textOf(one) ?? [])]);
    }
    for (const [index, task] of tasks.entries()) {
      const name = textOf(task['name']) ?? '';
      const at = `${path}.tasks[${index}]`;
      const unknown = needs.get(name)?.find((need) => !needs.has(need));
      if (unknown !== undefined) {
        this.refuse(at, `task ${quote(name)} depends on ${quote(unknown)}, which is not there; correct the name`);
      } else if (reaches(needs, name, name)) {
        this.refuse(at, `task ${quote(name)} depends on itself in the end; break the circle`);
      }
    }
  }

  private checkMounts(node: JsonObject, path: string): void {
    const declared = [
      ...objectsOf(this.spec['volumes']),
      ...objectsOf(node['volumes']),
      ...objectsOf(this.spec['volumeClaimTemplates']).map((claim) => objectOf(claim['metadata'])),
    ].map((volume) => volume['name']);
    for (const { container, at } of containersOf(node)) {
      for (const [index, mount] of objectsOf(container['volumeMounts']).entries()) {
        if (!declared.includes(mount['name'] ?? '')) {
          const place = `${path}.${at}.volumeMounts[${index}].name`;
          this.refuse(
            place,
            `${place} names volume ${quote(mount['name'])}, which is not there; declare it under volumes`,
          );
        }
      }
    }
  }

  private checkRunParameters(): void {
    const declared = objectsOf(objectOf(this.spec['arguments'])['parameters']).map(({ name }) => name);
    const known = new Set<JsonValue | undefined>([...declared, ...PARAMETER_NAMES]);
    for (const { text, path } of textsOf(this.spec, 'spec')) {
      for (const [, name] of text.matchAll(RUN_PARAMETER)) {
        if (!known.has(name)) {
          const names = [...known].map(quote).join(', ');
          this.refuse(
            path,
            `parameter ${quote(name)} is not there; there are ${names}; declare it under spec.arguments`,
          );
        }
      }
    }
  }

  /** How many steps a run comes to when every loop runs and no condition stops one. */
  private checkSize(): void {
    const sizes = new Map<string, number>();
    const size = (name: string, above: readonly string[]): number => {
      const template = this.templates.get(name);
      if (template === undefined || above.includes(name)) {
        if (template !== undefined) {
          this.refuse(template.path, `template ${quote(name)} calls itself in the end; use withItems or retryStrategy`);
        }
        return 1;
      }
      const known = sizes.get(name);
      if (known !== undefined) {
        return known;
      }
      const sum = this.callsOf(template.node, template.path)
        .map(({ node, times }) => times * size(textOf(node['template']) ?? '', [...above, name]))
        .reduce((total, one) => total + one, 1);
      sizes.set(name, sum);
      return sum;
    };
    const roots = [this.spec['entrypoint'], this.spec['onExit']].flatMap((name) => textOf(name) ?? []);
    const total = roots.reduce((sum, name) => sum + size(name, []), 0);
    for (const name of this.templates.keys()) {
      size(name, []);
    }
    if (total > Limit.tasks) {
      this.refuse(
        'spec.entrypoint',
        `a run comes to ${total} steps, allowed are ${Limit.tasks}; make fewer or larger ones`,
      );
    }
  }

  private callsOf(node: JsonObject, path: string): readonly Call[] {
    const steps = listOf(node['steps']).flatMap((group, g) =>
      objectsOf(group).map((step, s) => this.call(step, `${path}.steps[${g}][${s}]`)),
    );
    const tasks = objectsOf(objectOf(node['dag'])['tasks']).map((task, t) =>
      this.call(task, `${path}.dag.tasks[${t}]`),
    );
    const calls = [...steps, ...tasks];
    return calls.flatMap((call) => [call, ...this.hooks(call.node, call.path)]);
  }

  private call(node: JsonObject, path: string): Call {
    const sequence = objectOf(node['withSequence']);
    const { count, start = 0, end } = sequence;
    const span = typeof end === 'number' && typeof start === 'number' ? Math.abs(end - start) + 1 : 1;
    const times = node['withItems'] !== undefined ? listOf(node['withItems']).length : Number(count ?? span);
    return { node, path, times };
  }

  private hooks(node: JsonObject, path: string): readonly Call[] {
    return Object.entries(objectOf(node['hooks'])).map(([name, hook]) => ({
      node: objectOf(hook),
      path: `${path}.hooks.${name}`,
      times: 1,
    }));
  }
}

/** Every container of a template with its place in it. */
export function containersOf(template: JsonObject): readonly { container: JsonObject; at: string }[] {
  const single = ['container', 'script', 'containerSet'].map((at) => ({ container: objectOf(template[at]), at }));
  const several = (list: JsonValue | undefined, at: string) =>
    objectsOf(list).map((container, index) => ({ container, at: `${at}[${index}]` }));
  return [
    ...single,
    ...several(template['initContainers'], 'initContainers'),
    ...several(template['sidecars'], 'sidecars'),
    ...several(objectOf(template['containerSet'])['containers'], 'containerSet.containers'),
  ];
}

/** Every string in a value with its path. */
function* textsOf(value: JsonValue, path: string): Generator<{ text: string; path: string }> {
  if (typeof value === 'string') {
    yield { text: value, path };
    return;
  }
  const inner = isObject(value)
    ? Object.entries(value).map(([key, one]) => ({ one, at: `${path}.${key}` }))
    : listOf(value).map((one, index) => ({ one, at: `${path}[${index}]` }));
  for (const { one, at } of inner) {
    yield* textsOf(one, at);
  }
}

function reaches(needs: ReadonlyMap<string, readonly string[]>, from: string, to: string): boolean {
  const seen = new Set<string>();
  const waiting = [...(needs.get(from) ?? [])];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name === to) {
      return true;
    }
    if (!seen.has(name)) {
      seen.add(name);
      waiting.push(...(needs.get(name) ?? []));
    }
  }
  return false;
}
