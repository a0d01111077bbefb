import type { FixtureResource } from './pulumi-fixture';

/** Resources of the fixture program, by what they are. */

export const namespace = (name: string): FixtureResource => ({
  name,
  type: 'kubernetes:core/v1:Namespace',
  object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
});

export const configMap = (name: string, inNamespace: string, data: Record<string, string>): FixtureResource => ({
  name,
  type: 'kubernetes:core/v1:ConfigMap',
  object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: inNamespace }, data },
  after: [inNamespace],
});

export const quota = (name: string, inNamespace: string, hard: Record<string, string>): FixtureResource => ({
  name,
  type: 'kubernetes:core/v1:ResourceQuota',
  object: { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name, namespace: inNamespace }, spec: { hard } },
  after: [inNamespace],
});

export const secret = (name: string, inNamespace: string, stringData: Record<string, string>): FixtureResource => ({
  name,
  type: 'kubernetes:core/v1:Secret',
  object: { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: inNamespace }, stringData },
  after: [inNamespace],
  secret: ['stringData'],
});

/** `app` is its selector, which cannot change. */
export const deployment = (
  name: string,
  inNamespace: string,
  options: { app?: string; replicas?: number; annotations?: Record<string, string> } = {},
): FixtureResource => {
  const labels = { app: options.app ?? name };
  return {
    name,
    type: 'kubernetes:apps/v1:Deployment',
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: inNamespace, annotations: options.annotations ?? {} },
      spec: {
        replicas: options.replicas ?? 0,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name: 'main', image: 'localhost/none:1', command: ['sleep', '1'] }] },
        },
      },
    },
    after: [inNamespace],
  };
};

export const definition = (kind: string, group: string): FixtureResource => {
  const plural = `${kind.toLowerCase()}s`;
  return {
    name: plural,
    type: 'kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition',
    object: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `${plural}.${group}` },
      spec: {
        group,
        scope: 'Namespaced',
        names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        ],
      },
    },
  };
};

export const custom = (
  name: string,
  inNamespace: string,
  kind: string,
  group: string,
  spec: Record<string, unknown>,
): FixtureResource => ({
  name,
  type: `kubernetes:${group}/v1:${kind}`,
  object: { apiVersion: `${group}/v1`, kind, metadata: { name, namespace: inNamespace }, spec },
  after: [inNamespace, `${kind.toLowerCase()}s`],
});
