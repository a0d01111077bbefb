/** Header of a rendering, as the programs of these tests print it. */
export const HEADER = JSON.stringify({
  format: 1,
  capacity: { pools: [], machines: [], classes: [] },
  excuses: { unpinnedImages: [], acceptShortfall: false },
});

/**
 * A rendering program in a few lines: one ConfigMap with the text of the stack file, and the results of `body`, an expression
 * of JavaScript that resolves to an object of strings.
 */
export const program = (body = '({})', name = 'main'): string => `
import { readFileSync } from 'node:fs';
const folder = process.argv[3] ?? '';
const stack = readFileSync(folder + '/Pulumi.' + process.argv[2] + '.yaml', 'utf8');
async function main(): Promise<void> {
  const results: Record<string, string> = await (${body});
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: '${name}', namespace: 'x' }, data: { stack, ...results } };
  process.stdout.write(${JSON.stringify(`${HEADER}\n`)});
  process.stdout.write(JSON.stringify({ origin: 'system', source: 'x', object }) + '\\n');
}
main().catch((error: unknown) => { process.stderr.write(String(error)); process.exitCode = 1; });
`;

/** A try at something forbidden: 'done', or the code of the refusal. */
export const attempt = (statement: string): string =>
  `(async () => { try { ${statement}; return 'done'; } catch (error) { return String((error as { code?: string }).code ?? error); } })()`;
