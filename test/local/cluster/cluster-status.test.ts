import { renderStatus } from '../../../local/cluster/cluster-status';

const rest = { kubeconfig: '/state/admin.kubeconfig', logs: '/state/logs' };

test('a cluster that does not run is said to, with what starts it', () => {
  expect(renderStatus({ running: false, healthy: false, processes: [], ...rest })).toBe(
    'the local cluster is not running; start it with "npm start"\n',
  );
});

test('every process has a line, with how often it was restarted and why last', () => {
  const text = renderStatus({
    running: true,
    healthy: false,
    processes: [
      { name: 'etcd', state: 'ready', pid: 7, restarts: 0 },
      { name: 'kubelet', state: 'backing-off', restarts: 3, lastExit: 'exit code 1' },
    ],
    ...rest,
  });

  expect(text.split('\n').slice(0, 2)).toEqual([
    'etcd                      ready        7',
    'kubelet                   backing-off           restarted 3 times, last after exit code 1',
  ]);
  expect(text).toContain('/state/admin.kubeconfig');
});
