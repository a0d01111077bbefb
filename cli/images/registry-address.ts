import type { Image } from '../../core/images';

/** Where an image's manifest is asked for. */
export interface RegistryAddress {
  /** Base URL, no trailing slash. Plain HTTP on loopback only. */
  readonly baseUrl: string;
  /** Name within the registry, such as `library/nats`. */
  readonly name: string;
}

const DOCKER_HUB = 'registry-1.docker.io';

/** Finds the registry of an image the way container engines do: without a host it is Docker Hub. Pure. */
export function registryAddress({ repository }: Pick<Image, 'repository'>): RegistryAddress {
  const [first = '', ...rest] = repository.split('/');
  const hasHost = rest.length > 0 && (first === 'localhost' || /[.:]/.test(first));
  const host = hasHost ? first : 'docker.io';
  const path = hasHost ? rest.join('/') : repository;
  if (host === 'docker.io' || host === 'index.docker.io') {
    return { baseUrl: `https://${DOCKER_HUB}`, name: path.includes('/') ? path : `library/${path}` };
  }
  return { baseUrl: `${isLoopback(host) ? 'http' : 'https'}://${host}`, name: path };
}

/** Whether a host, with or without a port, is this machine: what goes there can be read by nobody on the way. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return name === 'localhost' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name);
}
