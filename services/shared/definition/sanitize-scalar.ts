import type { Scalar } from 'yaml';
import type { Shape } from '../../../core/workflow-policy/policy';
import type { JsonValue } from './sanitize-json';
import { quantityOf } from './sanitize-rules';

/** Shapes of a single value. */
export type ScalarShape = Exclude<Extract<Shape, string>, 'json' | 'empty'>;

const NUMBER_TEXT = /^-?\d{1,15}$/;

/** The scalar as the shape wants it; undefined when it is something else. */
export function scalarAs(node: Scalar, shape: ScalarShape): JsonValue | undefined {
  const { value } = node;
  switch (shape) {
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'integer': {
      // Argo writes many whole numbers as text; both mean the same.
      const number = typeof value === 'string' && NUMBER_TEXT.test(value) ? Number(value) : value;
      return Number.isSafeInteger(number) ? Number(number) : undefined;
    }
    case 'number':
      return Number.isFinite(value) ? Number(value) : undefined;
    case 'quantity': {
      const text = sourceOf(node);
      return text !== undefined && quantityOf(text) !== undefined ? text : undefined;
    }
    case 'scalar':
      return sourceOf(node);
  }
}

/** A scalar as it was written: 1.10 stays 1.10. Undefined for null. */
function sourceOf({ value, source }: Scalar): string | undefined {
  return typeof value === 'string' ? value : value === null ? undefined : (source ?? String(value));
}
