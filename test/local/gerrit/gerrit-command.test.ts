import { GERRIT_ARTIFACTS, jarName } from '../../../local/gerrit/artifacts';
import { gerritCommand } from '../../../local/gerrit/gerrit-command';
import { renderGerritConfig } from '../../../local/gerrit/render-gerrit-config';

const address = { host: '10.250.0.3', httpPort: 8080, sshPort: 29418 };

test('every artifact is pinned by version and content', () => {
  for (const artifact of GERRIT_ARTIFACTS) {
    expect(jarName(artifact)).toMatch(/^[a-z-]+[a-z0-9-]*-\d[\d.]+\.jar$/);
    expect(artifact.sha256).toMatch(/^[0-9a-f]{64}$/);
  }
});

test("the command line runs Gerrit's own launcher on the jars in their order", () => {
  const { command, args, env } = gerritCommand({ java: '/java', jars: ['/a.jar', '/b.jar'] }, '/tmp/x', ['version']);

  expect(command).toBe('/java');
  expect(args.slice(-4)).toEqual(['-cp', '/a.jar:/b.jar', 'com.google.gerrit.launcher.GerritLauncher', 'version']);
  expect(env).toEqual({ GERRIT_TMP: '/tmp/x' });
});

test('the configuration lets nobody log in without a credential', () => {
  const config = renderGerritConfig(address, 'id');

  expect(config).toContain('type = OPENID');
  expect(config).not.toContain('DEVELOPMENT_BECOME_ANY_ACCOUNT');
});

test('the configuration listens only where it was told to', () => {
  const config = renderGerritConfig(address, 'id');

  expect(config).toContain('listenUrl = http://10.250.0.3:8080/');
  expect(config).toContain('listenAddress = 10.250.0.3:29418');
  expect(config).not.toContain('*');
});
