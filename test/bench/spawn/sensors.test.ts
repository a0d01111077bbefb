import { oursSensor, peerSensor } from '../../../bench/spawn/sensors';
import { Pipelines } from '../../../core/pipeline';

const pipelines = Pipelines.parse([{ name: 'check', triggers: [{ event: 'patchset-created' }] }]);

test('our Sensor is the one of the stack, but for its name and where our trigger is', () => {
  const { metadata, spec } = oursSensor('bench-1', pipelines, '127.0.0.1:4321');

  expect(metadata.name).toBe('bench-1');
  expect(spec).toMatchObject({
    dependencies: [{ eventSourceName: 'gerrit', eventName: 'check' }],
    triggers: [
      {
        atLeastOnce: true,
        template: { custom: { serverURL: '127.0.0.1:4321', payload: [{ dest: 'reference' }] } },
        dlqTrigger: { template: { name: 'check-dead-letter' } },
      },
    ],
  });
});

test.each([
  ['argoWorkflow', 'submit'],
  ['k8s', 'create'],
] as const)("a peer's Sensor hears the same events and makes the Workflow by %s", (trigger, operation) => {
  const { spec } = peerSensor('bench-2', trigger, 'check', { namespace: 'ci-x', spec: { entrypoint: 'main' } });

  expect(spec).toMatchObject({
    dependencies: [{ eventSourceName: 'gerrit', eventName: 'check' }],
    triggers: [
      {
        atLeastOnce: true,
        template: {
          [trigger]: {
            operation,
            source: { resource: { metadata: { namespace: 'ci-x' }, spec: { entrypoint: 'main' } } },
          },
        },
      },
    ],
  });
});
