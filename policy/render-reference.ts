import type { Rule } from './rule';

/** The reference page of the rules, as Markdown. */
export function renderPolicyReference(rules: readonly Rule[]): string {
  const rows = rules.map(
    ({ id, title, why, scope }) =>
      `| \`${id}\` | ${title} | ${why} | ${scope === 'object' ? 'object' : 'whole cluster'} |`,
  );
  return `${[
    '# Policy rules',
    '',
    '`npm run policy -- --stack NAME` runs them over everything a stack would have in the cluster;',
    '`pulumi preview --policy-pack policy/pack` over what is about to be applied. Why they are written so:',
    '[ADR 20](../adr/0020-rules-once-run-three-ways.md). This page is generated: `npm run policy -- --reference`.',
    '',
    '| rule | what must hold | why | looks at |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n')}\n`;
}
