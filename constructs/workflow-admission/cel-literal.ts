import type { FixedValue } from '../../core/workflow-policy/policy';

/** A value as CEL writes it. */
export function celLiteral(value: FixedValue): string {
  if (typeof value === 'string') {
    return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
  }
  if (typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([key, inner]) => `${celLiteral(key)}: ${celLiteral(inner)}`)
      .join(', ')}}`;
  }
  return String(value);
}

/** A list of values as CEL writes it. */
export const celList = (values: readonly FixedValue[]): string => `[${values.map(celLiteral).join(', ')}]`;

/** A set of names: looked up at the cost of one step, where a list costs one for each entry. */
export const celSet = (names: readonly string[]): string =>
  `{${names.map((name) => `${celLiteral(name)}: true`).join(', ')}}`;
