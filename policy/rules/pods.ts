import { podsOf } from '../pods';
import type { ObjectRule } from '../rule';

const SHARED = ['hostNetwork', 'hostPID', 'hostIPC'] as const;

/** No pod is privileged, may become so, runs as root or adds a capability. */
export const noPrivilegedPods: ObjectRule = {
  id: 'no-privileged-pods',
  scope: 'object',
  title: 'No pod is privileged, may gain privileges, runs as root or adds a capability.',
  why: 'A privileged container is root on its node, and so on every run there.',
  check: (object) =>
    podsOf(object).flatMap(({ path, spec, containers }) => [
      ...(spec.securityContext?.runAsUser === 0 ? [`${path}.securityContext.runAsUser is 0, must not be root`] : []),
      ...containers.flatMap(({ path: at, container: { securityContext: security = {} } }) => [
        ...(security.privileged === true ? [`${at} is privileged, must not be`] : []),
        ...(security.allowPrivilegeEscalation === true ? [`${at} allows privilege escalation, must not`] : []),
        ...(security.runAsUser === 0 ? [`${at} runs as user 0, must not be root`] : []),
        ...(security.capabilities?.add ?? []).map((capability) => `${at} adds capability ${capability}, must add none`),
      ]),
    ]),
};

/** No pod shares a namespace, a directory or a port of its node. */
export const noHostSharing: ObjectRule = {
  id: 'no-host-sharing',
  scope: 'object',
  title: "No pod shares its node's network, processes, IPC, directories or ports.",
  why: 'What shares the node sees the kubelet, the metadata address and every other run.',
  check: (object) =>
    podsOf(object).flatMap(({ path, spec, containers }) => [
      ...SHARED.filter((field) => spec[field] === true).map((field) => `${path}.${field} is true, must not be set`),
      ...(spec.volumes ?? [])
        .filter(({ hostPath }) => hostPath !== undefined)
        .map(({ name }) => `${path} mounts volume ${name ?? ''} from the node (hostPath), must not`),
      ...containers.flatMap(({ path: at, container: { ports = [] } }) =>
        ports.flatMap(({ hostPort }) =>
          hostPort === undefined ? [] : [`${at} takes port ${hostPort} of its node, must not`],
        ),
      ),
    ]),
};

/**
 * Every container says what it needs and how much memory it may take. CPU has no ceiling by intent: it is shared by
 * request under contention, and a throttled controller is a late vote.
 */
export const resourcesStated: ObjectRule = {
  id: 'resources-stated',
  scope: 'object',
  title: 'Every container requests CPU and memory and has a memory limit.',
  why: 'The scheduler and the capacity model see requests only; a container without a limit takes its neighbours down.',
  check: (object) =>
    podsOf(object).flatMap(({ containers }) =>
      containers.flatMap(({ path, container: { resources = {} } }) =>
        [
          ...(['cpu', 'memory'] as const).map((name) => [`requests.${name}`, resources.requests?.[name]] as const),
          ['limits.memory', resources.limits?.['memory']] as const,
        ].flatMap(([field, value]) =>
          value === undefined ? [`${path}.resources.${field} is missing, must be stated`] : [],
        ),
      ),
    ),
};

/** An image that the caller of a template names: a definition's to say, where nobody asks for digests. */
const CALLERS_IMAGE = /^\{\{inputs\.parameters\.[a-z-]+\}\}$/;

/** Every image is named by its content, or known not to be. */
export const imagesPinned: ObjectRule = {
  id: 'images-pinned',
  scope: 'object',
  title: 'Every image is pinned by digest, or acknowledged in the stack as unpinned.',
  why: 'Whoever can move a tag decides what runs.',
  check: (object, { acknowledgedImages }) =>
    podsOf(object).flatMap(({ containers }) =>
      containers.flatMap(({ path, container: { image }, imageIsOurs }) => {
        if (image === undefined) {
          return imageIsOurs ? [`${path} names no image, must name one by digest`] : [];
        }
        return [CALLERS_IMAGE, /@sha256:[0-9a-f]{64}$/].some((known) => known.test(image)) ||
          acknowledgedImages.has(image)
          ? []
          : [
              `${path}.image is ${image}, must end in @sha256:…; pin it with \`npm run images -- --pin\` or name it in seakeeper:policy.acknowledgedUnpinnedImages`,
            ];
      }),
    ),
};
