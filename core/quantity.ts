const BINARY = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 } as const;
const DECIMAL = { k: 1e3, M: 1e6, G: 1e9, T: 1e12 } as const;
const UNITS: Readonly<Record<string, number>> = { '': 1, m: 1e-3, ...BINARY, ...DECIMAL };

/** What `parseQuantity` takes. */
export const QUANTITY_PATTERN = /^(\d+(?:\.\d+)?)(m|k|M|G|T|Ki|Mi|Gi|Ti|)$/;

/**
 * A Kubernetes quantity as a number: cores for CPU, bytes for memory and disk. Throws on anything else.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function parseQuantity(text: string): number {
  const [, digits, unit] = QUANTITY_PATTERN.exec(text) ?? [];
  const factor = unit === undefined ? undefined : UNITS[unit];
  if (digits === undefined || factor === undefined) {
    throw new Error(
      `quantity '${text}' is not a number with one of m, k, M, G, T, Ki, Mi, Gi, Ti, such as 500m or 6Gi`,
    );
  }
  return Number(digits) * factor;
}

/** Cores as a quantity: whole ones plain, others in thousandths, rounded up. */
export function cpuQuantity(cores: number): string {
  const thousandths = Math.ceil(Math.round(cores * 1e6) / 1e3);
  return thousandths % 1000 === 0 ? String(thousandths / 1000) : `${thousandths}m`;
}

/** Bytes as a quantity: the largest binary unit that says it exactly, Mi at least, rounded up. */
export function memoryQuantity(bytes: number): string {
  for (const unit of ['Ti', 'Gi'] as const) {
    if (bytes > 0 && bytes % BINARY[unit] === 0) {
      return `${bytes / BINARY[unit]}${unit}`;
    }
  }
  return `${Math.ceil(bytes / BINARY.Mi)}Mi`;
}
