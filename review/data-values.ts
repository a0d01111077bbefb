import { parse } from 'yaml';
import type { KubeObject } from '../core/kube-object';
import { fields } from './json';

/** The values of a ConfigMap that hold an object as JSON or YAML, by key; none for other kinds. */
export function dataValues(object: KubeObject): (readonly [key: string, value: unknown])[] {
  if (object.kind !== 'ConfigMap') return [];
  return Object.entries(fields(object['data'])).flatMap(([key, text]) => {
    const value = typeof text === 'string' ? structured(text) : undefined;
    return value === undefined ? [] : [[key, value] as const];
  });
}

/** A text as the object or list it spells; undefined when it spells none. */
export function structured(text: string): unknown {
  if (!/^\s*[[{]/.test(text) && !/^[\w.-]+:(\s|$)/m.test(text)) return undefined;
  try {
    const value: unknown = parse(text, { maxAliasCount: 0, logLevel: 'error' });
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    // Prose with a colon in it, or a format of its own: shown as the text it is.
    return undefined;
  }
}
