import { npm, runningSystem } from '../support/system';

jest.setTimeout(600_000);

beforeAll(() => runningSystem(), 3_600_000);

test('npm start ends with the vote of a change it pushed, and says how to go on', async () => {
  const { stdout } = await npm(['start']);

  expect(stdout).toMatch(/Gerrit says of change \d+: Verified \+1/);
  expect(stdout).toMatch(/- check http\S+\/job\/check\/\S+ : SUCCESS in /);
  expect(stdout).toContain('npm run stop');
});

test('npm run status names every process of the cluster and finds them healthy', async () => {
  const { stdout } = await npm(['status']);

  for (const name of ['etcd', 'kube-apiserver', 'kubelet', 'gerrit']) {
    expect(stdout).toContain(name);
  }
});
