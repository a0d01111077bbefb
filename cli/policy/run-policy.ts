import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { acknowledgedImages } from '../../policy/acknowledged-images';
import { renderPolicyReference } from '../../policy/render-reference';
import { RULES } from '../../policy/rules';
import { imagesPinned } from '../../policy/rules/pods';
import { readStack } from '../../stacks/config/stack-file';
import { checkPolicy, renderPolicyReport } from './check-policy';

const PROJECT = join(__dirname, '../..');

/** What `npm run policy` is told. */
export interface PolicyOptions {
  readonly stack: string;
  readonly packConfig: boolean;
  readonly reference: boolean;
}

/** `npm run policy`: returns the exit code, 1 when a rule is broken. */
export function runPolicy({ stack, packConfig, reference }: PolicyOptions): number {
  if (reference) {
    writeFileSync(join(PROJECT, 'docs/reference/policies.md'), renderPolicyReference(RULES));
    return 0;
  }
  const inputs = readStack(stack, (path) => readFileSync(join(PROJECT, path), 'utf8'));
  if (packConfig) {
    const { images, policy } = inputs.config;
    const acknowledged = [...acknowledgedImages(images, policy.acknowledgedUnpinnedImages)];
    process.stdout.write(`${JSON.stringify({ [imagesPinned.id]: { acknowledgedImages: acknowledged } }, null, 2)}\n`);
    return 0;
  }
  const report = checkPolicy(inputs);
  process.stdout.write(`${renderPolicyReport(report).join('\n')}\n`);
  return report.violations.length === 0 ? 0 : 1;
}
