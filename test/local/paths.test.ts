import { localPaths } from '../../local/paths';

test('state and cache follow the XDG folders when they are set', () => {
  const paths = localPaths({ HOME: '/home/ada', XDG_STATE_HOME: '/var/s', XDG_CACHE_HOME: '/var/c' });

  expect(paths.state).toBe('/var/s/seakeeper/local');
  expect(paths.cache).toBe('/var/c/seakeeper');
});

test('state and cache are below the home folder when the XDG folders are unset or empty', () => {
  const paths = localPaths({ HOME: '/home/ada', XDG_STATE_HOME: '' });

  expect(paths.state).toBe('/home/ada/.local/state/seakeeper/local');
  expect(paths.cache).toBe('/home/ada/.cache/seakeeper');
});

test('everything the cluster keeps is below the state folder, and what a reboot ends is not', () => {
  const { cache, run, state, ...kept } = localPaths({ HOME: '/home/ada' });

  expect(Object.values(kept).filter((path) => !path.startsWith(`${state}/`))).toEqual([]);
  expect(run).toBe('/run/seakeeper');
});
