import { completeArguments } from '../../../local/pulumi/pulumi-arguments';

const complete = (...args: string[]) => completeArguments(args, '/state/Pulumi.local.yaml');

test.each<[string[], string | undefined, string[]]>([
  [['preview'], 'local', ['preview', '--stack', 'local', '--config-file', '/state/Pulumi.local.yaml']],
  [
    ['up', '--yes', '-s', 'local'],
    'local',
    ['up', '--yes', '-s', 'local', '--config-file', '/state/Pulumi.local.yaml'],
  ],
  [['up', '--stack=ci'], 'ci', ['up', '--stack=ci']],
  [['stack', 'output'], 'local', ['stack', 'output', '--stack', 'local']],
  [['stack', 'init', 'ci'], undefined, ['stack', 'init', 'ci']],
  [['stack', 'ls'], undefined, ['stack', 'ls']],
  [['version'], undefined, ['version']],
])('%j works on stack %s', (args, stack, completed) => {
  expect(complete(...args)).toEqual({ stack, args: completed });
});

test('the local configuration is read but not written: it is put together anew each time', () => {
  expect(complete('config', 'get', 'a').args).toContain('--config-file');
  expect(() => complete('config', 'set', 'a', 'b')).toThrow('edit Pulumi.local.yaml');
  expect(complete('config', 'set', 'a', 'b', '-s', 'ci').stack).toBe('ci');
});
