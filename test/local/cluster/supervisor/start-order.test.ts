import { startLayers, stopLayers } from '../../../../local/cluster/supervisor/start-order';

const spec = (name: string, ...after: string[]) => ({ name, after });

test('what depends on nothing starts at once, the rest when what it comes after is there', () => {
  const specs = [spec('api', 'etcd'), spec('etcd'), spec('kubelet', 'api', 'containerd'), spec('containerd')];

  expect(startLayers(specs)).toEqual([['etcd', 'containerd'], ['api'], ['kubelet']]);
});

test('stopping runs the other way', () => {
  expect(stopLayers([spec('etcd'), spec('api', 'etcd')])).toEqual([['api'], ['etcd']]);
});

test('throws when a process comes after one that does not exist', () => {
  expect(() => startLayers([spec('api', 'etdc')])).toThrow(
    "process 'api' comes after 'etdc', which is not in the plan",
  );
});

test('throws when processes come after each other in a circle, naming them', () => {
  expect(() => startLayers([spec('a', 'b'), spec('b', 'a'), spec('c')])).toThrow('in a circle: a, b');
});
