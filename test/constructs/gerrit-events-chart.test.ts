import { GerritEventsChart } from '../../constructs/gerrit-events-chart';
import { PIPELINES } from './fixtures';
import { synth } from './synth';

const chart = (pipelines = PIPELINES) => synth((app) => new GerritEventsChart(app, 'events', { pipelines }));

describe('GerritEventsChart', () => {
  test('the EventSource has one stream a pipeline, named and configured by it', () => {
    expect(chart().find('EventSource')['spec']).toMatchObject({
      generic: {
        check: { config: 'check', jsonBody: true, url: 'gateway.gerrit-gateway.svc:9100' },
        'post-merge': { config: 'post-merge' },
      },
    });
  });

  test('the Sensor has one dependency and one trigger a pipeline', () => {
    const spec = chart().find('Sensor')['spec'];

    expect(spec).toMatchObject({
      dependencies: [
        { name: 'on-check', eventSourceName: 'gerrit', eventName: 'check' },
        { name: 'on-post-merge', eventSourceName: 'gerrit', eventName: 'post-merge' },
      ],
      triggers: [
        { template: { name: 'check', conditions: 'on-check' } },
        { template: { name: 'post-merge', conditions: 'on-post-merge' } },
      ],
    });
  });

  test('every trigger is at least once, retried and dead-lettered', () => {
    const { triggers } = chart().find('Sensor')['spec'] as { triggers: unknown[] };

    expect(triggers).toHaveLength(2);
    for (const trigger of triggers) {
      expect(trigger).toMatchObject({
        atLeastOnce: true,
        retryStrategy: { steps: 6 },
        dlqTrigger: { template: { log: {} } },
      });
    }
  });

  test.each(['EventSource', 'Sensor'])('the pod of the %s notices a dead connection within half a minute', (kind) => {
    expect(chart().find(kind)['spec']).toMatchObject({
      template: {
        securityContext: {
          runAsNonRoot: true,
          sysctls: [
            { name: 'net.ipv4.tcp_keepalive_time', value: '15' },
            { name: 'net.ipv4.tcp_keepalive_intvl', value: '5' },
            { name: 'net.ipv4.tcp_keepalive_probes', value: '3' },
          ],
        },
      },
    });
  });

  test('the Sensor filters nothing: a message a filter drops is gone without a word', () => {
    expect(JSON.stringify(chart().find('Sensor'))).not.toMatch(/"(filters|filtersLogicalOperator|transform|script)"/);
  });

  test('the payload is the whole body, as JSON', () => {
    expect(chart().find('Sensor')['spec']).toMatchObject({
      triggers: [
        {
          template: {
            custom: {
              payload: [{ src: { dependencyName: 'on-check', dataKey: 'body', useRawData: true }, dest: 'reference' }],
            },
          },
        },
        {},
      ],
    });
  });

  test('the bus names our own JetStream and pins its certificate', () => {
    expect(chart().find('EventBus', 'default')['spec']).toMatchObject({
      jetstreamExotic: {
        url: 'nats://nats.gerrit-gateway.svc:4222',
        tls: { caCertSecret: { name: 'nats-tls', key: 'tls.crt' } },
      },
    });
  });

  test('a site without pipelines has the bus only: Argo refuses an empty Sensor', () => {
    expect(chart([]).objects.map(({ kind }) => kind)).toEqual(['EventBus']);
  });

  test('manifest is unchanged', () => {
    expect(chart().objects).toMatchSnapshot();
  });
});
