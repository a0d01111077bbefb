import { checkStackConfig, type PrintedConfig } from '../../../cli/context/check-stack-config';
import { SECRET_KEYS } from '../../../stacks/config/secrets';
import { MINIMAL } from '../../stacks/stack-config';

const COMPLETE: PrintedConfig = {
  ...Object.fromEntries(
    Object.entries(MINIMAL).map(([key, value]) => [
      `seakeeper:${key}`,
      { value: JSON.stringify(value), objectValue: value, secret: false },
    ]),
  ),
  ...Object.fromEntries(SECRET_KEYS.map((key) => [`seakeeper:${key}`, { secret: true }])),
};
const check = (changed: Record<string, PrintedConfig[string] | undefined>) => () =>
  checkStackConfig('mine', 'prod', { ...COMPLETE, ...changed } as PrintedConfig);

describe('checkStackConfig', () => {
  test('takes a complete stack, and wants the context recorded the first time only', () => {
    expect(check({})()).toMatchObject({ recordContext: true, config: { system: MINIMAL.system } });
    expect(check({ 'kubernetes:context': { value: 'prod', secret: false } })().recordContext).toBe(false);
  });

  test('refuses a stack that belongs to another cluster', () => {
    expect(check({ 'kubernetes:context': { value: 'staging', secret: false } })).toThrow(
      "stack 'mine' is on context 'staging', not 'prod'; a second cluster needs a stack of its own",
    );
    expect(check({ 'kubernetes:kubeconfig': { secret: true } })).toThrow('pulumi config rm kubernetes:kubeconfig');
  });

  test('says how to begin when the stack has no configuration but the defaults', () => {
    const defaults = { 'seakeeper:layers': { objectValue: ['foundation'], secret: false } };

    expect(() => checkStackConfig('mine', 'prod', defaults)).toThrow('copy Pulumi.ci.yaml to Pulumi.mine.yaml');
  });

  test('names every bad key', () => {
    expect(check({ 'seakeeper:system': { objectValue: { statusUrl: 'ci/' }, secret: false } })).toThrow(
      /invalid stack config:\n.*seakeeper:system\.statusUrl/,
    );
    expect(check({ 'seakeeper:imagse': { value: 'x', secret: false } })).toThrow(/imagse/);
  });

  test('names every missing secret with the command that sets it', () => {
    const { 'seakeeper:natsPassword': _, 'seakeeper:gerritSshKey': __, ...rest } = COMPLETE;

    expect(() => checkStackConfig('mine', 'prod', rest)).toThrow(
      [
        "stack 'mine' lacks secrets; set each with:",
        '  pulumi config set --secret --stack mine seakeeper:gerritSshKey',
        '  pulumi config set --secret --stack mine seakeeper:natsPassword',
      ].join('\n'),
    );
  });
});
