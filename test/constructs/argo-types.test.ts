import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const TSC = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');

/** The compiler's errors on Sensors whose one trigger is written so, a file each. */
function compile(triggers: Readonly<Record<string, string>>): string {
  // Inside the project, so that they are compiled as the project is.
  const folder = mkdtempSync(join(ROOT, 'node_modules', '.types-'));
  try {
    for (const [name, trigger] of Object.entries(triggers)) {
      writeFileSync(
        join(folder, `${name}.ts`),
        `import type { SensorSpec } from '../../constructs/imports/argo-events';
         export const spec: SensorSpec = { dependencies: [], triggers: [${trigger}] };`,
      );
    }
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ extends: '../../tsconfig.json', compilerOptions: { incremental: false }, include: ['*.ts'] }),
    );
    return spawnSync(process.execPath, [TSC, '-p', folder], { encoding: 'utf8' }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("Argo's types", () => {
  test('a Sensor with a misspelt field does not compile, and one as it should be does', () => {
    const errors = compile({
      right: "{ atLeastOnce: true, template: { name: 'check' } }",
      wrong: "{ atLeastOnec: true, template: { name: 'check' } }",
    });

    expect(errors).toContain("'atLeastOnec' does not exist");
    expect(errors).not.toContain('right.ts');
  }, 120_000);
});
