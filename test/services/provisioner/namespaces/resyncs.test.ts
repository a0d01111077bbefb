import { pino } from 'pino';
import type { Observation } from '../../../../services/provisioner/namespaces/observe-collection';
import { Resyncs } from '../../../../services/provisioner/namespaces/resyncs';

const nothing = () => undefined;
const observation = (path: string): Observation => ({
  path,
  ...{ listing: nothing, present: nothing, gone: nothing, listed: nothing },
});
const begin = () => new Resyncs({ log: pino({ level: 'silent' }), isIdle: () => false, projects: () => 0 });

test('a stage is over when all its collections were listed', async () => {
  const resyncs = begin();
  const stage = [resyncs.timed(observation('/a')), resyncs.timed(observation('/b'))];
  let isOver = false;
  const waiting = resyncs.listed(2).then(() => {
    isOver = true;
  });

  stage[0]?.listed();
  await Promise.resolve();
  expect(isOver).toBe(false);

  stage[1]?.listed();
  await waiting;
});

// One who lost the lease before the first lists were done must come to an end, or nobody leads ever again in this process.
test('abandoned, it keeps nobody, neither who waits nor who comes with the next stage', async () => {
  const resyncs = begin();
  resyncs.timed(observation('/a'));
  const first = resyncs.listed(1);

  resyncs.abandon();

  await first;
  resyncs.timed(observation('/b'));
  await resyncs.listed(2);
  expect(await resyncs.first).toBe(false);
});
