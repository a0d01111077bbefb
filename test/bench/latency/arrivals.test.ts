import { Arrivals } from '../../../bench/latency/arrivals';

test('the first arrival of a key counts, whoever asks before or after it', async () => {
  const arrivals = new Arrivals<string>();
  const asked = arrivals.of('a', 1_000);

  expect(arrivals.note('a', 'first', 10)).toBe(true);
  expect(arrivals.note('a', 'repeat', 20)).toBe(false);

  await expect(asked).resolves.toEqual({ at: 10, what: 'first' });
  await expect(arrivals.of('a', 1_000)).resolves.toEqual({ at: 10, what: 'first' });
});

test('what does not come in time is named', async () => {
  await expect(new Arrivals<string>().of('vote of abc', 1)).rejects.toThrow('vote of abc: not within 0.001 s');
});

test('once nothing will come any more, everybody who waits is told why, but the past stands', async () => {
  const arrivals = new Arrivals<string>();
  arrivals.note('a', 'here', 1);
  const asked = arrivals.of('b', 1_000);

  arrivals.fail(new Error('the stream broke'));

  await expect(asked).rejects.toThrow('the stream broke');
  await expect(arrivals.of('c', 1_000)).rejects.toThrow('the stream broke');
  await expect(arrivals.of('a', 1_000)).resolves.toEqual({ at: 1, what: 'here' });
});
