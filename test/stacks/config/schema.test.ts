import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseClusterConfig } from '../../../stacks/config/parse-config';
import { MINIMAL } from '../stack-config';

const ROOT = join(__dirname, '..', '..', '..');
const ProjectFile = z.object({
  plugins: z.unknown().optional(),
});
const projectFile = ProjectFile.parse(parse(readFileSync(join(ROOT, 'Pulumi.yaml'), 'utf8')));

describe('ClusterConfig', () => {
  test('fills in the documented defaults', () => {
    expect(parseClusterConfig(MINIMAL)).toMatchObject({
      layers: ['foundation', 'system', 'ui'],
      projects: [{ gerritName: 'mediawiki/core', class: 'default', visibility: 'public', owners: [] }],
      system: { controllerReplicas: 2, uiReplicas: 2, artifactRetentionDays: 90, ledgerSize: '10Gi' },
    });
  });

  test('a time zone of events-log is one that exists', () => {
    const withZone = (timeZone?: string) => ({ ...MINIMAL, gerrit: { ...MINIMAL.gerrit, eventsLog: { timeZone } } });

    expect(parseClusterConfig(withZone()).gerrit.eventsLog).toEqual({ timeZone: 'UTC', returnLimit: 5000 });
    expect(parseClusterConfig(withZone('Europe/Berlin')).gerrit.eventsLog?.timeZone).toBe('Europe/Berlin');
    expect(() => parseClusterConfig(withZone('Berlin'))).toThrow(
      /gerrit\.eventsLog\.timeZone.*must be a time zone as IANA names it, such as UTC or Europe\/Berlin/,
    );
  });

  test('Pulumi.yaml names no plug-in', () => {
    expect(projectFile.plugins).toBeUndefined();
  });

  test('the committed stacks are valid', () => {
    const stack = (name: string) => {
      const { config } = z
        .object({ config: z.record(z.string(), z.unknown()) })
        .parse(parse(readFileSync(join(ROOT, `Pulumi.${name}.yaml`), 'utf8')));
      return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace('seakeeper:', ''), value]));
    };
    const { images, gerrit, network } = MINIMAL;

    expect(() => parseClusterConfig({ images, gerrit, network, ...stack('local') })).not.toThrow();
    expect(() => parseClusterConfig(stack('ci'))).not.toThrow();
  });
});
