import { parse } from 'yaml';
import { renderNodeFiles } from '../../../cli/nodes/write-nodes';

const machine = (name: string, memory: string) => ({ name, cpu: 8, memory, disk: '200Gi', pool: 'check' }) as const;

test('every machine gets a join and a kubelet configuration of its own', () => {
  const files = renderNodeFiles([machine('ci1001', '24Gi'), machine('ci1002', '64Gi')]);

  expect([...files.keys()]).toEqual([
    'ci1001/kubelet/kubeletconfiguration+merge.yaml',
    'ci1001/join.yaml',
    'ci1002/kubelet/kubeletconfiguration+merge.yaml',
    'ci1002/join.yaml',
  ]);
  expect(parse(files.get('ci1002/join.yaml') ?? '')).toMatchObject({ nodeRegistration: { name: 'ci1002' } });
});

test('a machine too small to be a node is refused by name', () => {
  expect(() => renderNodeFiles([machine('tiny', '1Gi')])).toThrow('machine tiny: nothing of its memory 1Gi is left');
});
