import { type Running, renderRunning } from '../../../cli/context/render-running';

const running: Running = {
  context: 'prod',
  server: 'https://10.0.0.1:6443',
  stack: 'mine',
  flags: '--stack mine --config-file mine.yaml',
  layers: ['foundation', 'system'],
  workloads: [
    { namespace: 'argo-system', name: 'workflow-controller', ready: 2, wanted: 2 },
    { namespace: 'gerrit-gateway', name: 'nats', ready: 0, wanted: 1 },
  ],
  gerrit: { name: 'wikimedia', httpUrl: 'https://gerrit.example.org' },
  statusUrl: 'https://ci.example.org',
  unpinnedImages: [],
  projects: ['mediawiki/core'],
};

test('says what runs where and what to do next', () => {
  expect(renderRunning(running)).toMatchInlineSnapshot(`
"Seakeeper runs on context prod (https://10.0.0.1:6443), stack mine, layers foundation, system.

  NAMESPACE       WHAT                 READY
  argo-system     workflow-controller  2/2
  gerrit-gateway  nats                 0/1

  status pages  https://ci.example.org
  Gerrit        wikimedia, https://gerrit.example.org
  projects      mediawiki/core

Next
  let a project in      list it under seakeeper:projects in the stack's configuration and run this command again
  give it tests         docs/definitions.md
  watch it              kubectl --context prod get workflows --all-namespaces --watch
  see what would change pulumi preview --stack mine --config-file mine.yaml
  remove it             pulumi destroy --stack mine --config-file mine.yaml
"
`);
});

test('says which images whoever moves a tag decides about, and how to pin them', () => {
  const text = renderRunning({ ...running, unpinnedImages: ['nats', 'mc'] });

  expect(text).toContain('unpinned      nats, mc: whoever moves their tags decides what runs');
  expect(text).toContain('npm run images -- --pin --stack mine --config-file mine.yaml');
});
