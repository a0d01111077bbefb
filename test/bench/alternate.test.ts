import { alternate } from '../../bench/alternate';

test('both sides run in turn, ours last, and each keeps its own figures', async () => {
  const ran: string[] = [];
  const side = (name: string, from: number) => async () => {
    ran.push(name);
    return from + ran.length;
  };

  const samples = await alternate(2, { ours: side('ours', 0), peer: side('peer', 10) }, () => undefined);

  expect(ran).toEqual(['peer', 'ours', 'peer', 'ours']);
  expect(samples).toEqual({ ours: [2, 4], peer: [11, 13] });
});
