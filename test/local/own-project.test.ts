import { localImage } from '../../local/own-project';
import type { KubeClient } from '../../services/shared/kube-client';

function nodeWith(images: unknown[]): Pick<KubeClient, 'get'> {
  return { get: async () => ({ items: [{ status: { images } }] }) };
}

test('the image of a workload is found beside images that have no name left', async () => {
  const kube = nodeWith([{ names: null }, {}, { names: ['localhost/seakeeper/busybox:1'] }]);

  await expect(localImage(kube, 'busybox')).resolves.toMatchObject({
    repository: 'localhost/seakeeper/busybox',
    tag: '1',
  });
});

test('an image the node does not have is an error', async () => {
  await expect(localImage(nodeWith([{ names: ['localhost/seakeeper/git:1'] }]), 'busybox')).rejects.toThrow();
});
