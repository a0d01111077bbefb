import { readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageName } from '../../core/images';
import type { Toolchain } from '../toolchain/toolchain';
import { VERSIONS } from '../toolchain/versions';
import { executable, type ImageFile, type ImageSpec, plainFile, text } from './image-spec';
import { librariesOf } from './ldd';
import type { ServicesBundle } from './services-bundle';

/** User of our own services. */
const NONROOT = 65532;
/** User of Argo's images and of workflow steps, as upstream has it. */
const ARGO = 8737;

const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
const GIT_HELPERS = '/usr/lib/git-core';
const ROOT = join(__dirname, '..', '..');

/** What every image has: a writable /tmp, names for the users, name resolution by files and DNS, certificates. */
const BASE: readonly ImageFile[] = [
  { kind: 'directory', path: '/tmp', mode: 0o1777 },
  text(
    '/etc/passwd',
    [
      'root:x:0:0:root:/root:/bin/sh',
      `argo:x:${ARGO}:${ARGO}:argo:/tmp:/bin/sh`,
      `nonroot:x:${NONROOT}:${NONROOT}:nonroot:/tmp:/bin/sh`,
      'nobody:x:65534:65534:nobody:/tmp:/bin/sh',
      '',
    ].join('\n'),
  ),
  text('/etc/group', `root:x:0:\nargo:x:${ARGO}:\nnonroot:x:${NONROOT}:\nnogroup:x:65534:\n`),
  text('/etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n'),
  plainFile(CERTIFICATES, CERTIFICATES),
];

const PAUSE_REPOSITORY = 'pause';

/** Every image of the local cluster, `pause` among them. */
export function catalogue(toolchain: Toolchain, bundle: ServicesBundle): ImageSpec[] {
  const argo = VERSIONS['argo-workflows'];
  const bin = (name: Parameters<Toolchain['binary']>[0], path: string) => executable(path, toolchain.binary(name));
  return [
    {
      name: PAUSE_REPOSITORY,
      tag: VERSIONS.pause,
      layers: [[bin('pause', '/pause')]],
      config: { entrypoint: ['/pause'], user: 65535 },
    },
    one(
      'workflow-controller',
      argo,
      bin('workflow-controller', '/bin/workflow-controller'),
      ['workflow-controller'],
      ARGO,
    ),
    one('argoexec', argo, bin('argoexec', '/bin/argoexec'), ['argoexec'], ARGO),
    one('argo-server', argo, bin('argo', '/bin/argo'), ['argo'], ARGO),
    one('argo-events', VERSIONS['argo-events'], bin('argo-events', '/bin/argo-events'), ['/bin/argo-events'], NONROOT),
    one('nats', VERSIONS.nats, bin('nats-server', '/nats-server'), ['/nats-server'], NONROOT),
    one('minio', VERSIONS.minio, bin('minio', '/usr/bin/minio'), ['/usr/bin/minio'], NONROOT),
    {
      // With a shell, as upstream has it: the set-up of the store is a script.
      name: 'mc' satisfies ImageName,
      version: VERSIONS.mc,
      layers: [[...BASE, ...busybox(toolchain), bin('mc', '/usr/bin/mc')]],
      config: { entrypoint: ['mc'], user: NONROOT, env: { HOME: '/tmp' } },
    },
    {
      name: 'busybox' satisfies ImageName,
      layers: [[...BASE, ...busybox(toolchain)]],
      config: { entrypoint: [], user: NONROOT, env: { HOME: '/tmp' } },
    },
    {
      name: 'git' satisfies ImageName,
      layers: [[...BASE, ...busybox(toolchain), ...git()]],
      config: { entrypoint: [], user: NONROOT, env: { HOME: '/tmp' } },
    },
    {
      name: 'services' satisfies ImageName,
      layers: [[...BASE, ...withLibraries('/usr/local/bin/node', nodeBinary())], applications(bundle)],
      config: {
        entrypoint: [],
        user: NONROOT,
        env: { NODE_ENV: 'production', HOME: '/tmp' },
        workingDirectory: '/app',
      },
    },
  ];
}

function one(
  name: ImageName,
  version: string,
  file: ImageFile,
  entrypoint: readonly string[],
  user: number,
): ImageSpec {
  return { name, version, layers: [[...BASE, file]], config: { entrypoint, user, env: { HOME: '/tmp' } } };
}

/** Commands busybox stands in for. */
const APPLETS = [
  ...['ash', 'awk', 'base64', 'basename', 'cat', 'chmod', 'cp', 'cut', 'date', 'dd', 'df', 'diff', 'dirname', 'du'],
  ...['echo', 'env', 'expr', 'false', 'find', 'free', 'grep', 'gunzip', 'gzip', 'head', 'hostname', 'id', 'kill', 'ln'],
  ...['ls', 'md5sum', 'mkdir', 'mktemp', 'mv', 'nc', 'nslookup', 'od', 'ping', 'printf', 'ps', 'pwd', 'readlink'],
  ...[
    'realpath',
    'rm',
    'rmdir',
    'sed',
    'seq',
    'sh',
    'sha256sum',
    'sleep',
    'sort',
    'stat',
    'tail',
    'tar',
    'tee',
    'test',
  ],
  ...['time', 'timeout', 'top', 'touch', 'tr', 'true', 'uname', 'uniq', 'vi', 'wc', 'wget', 'which', 'whoami', 'xargs'],
  ...['yes', 'zcat'],
];

function busybox(toolchain: Toolchain): ImageFile[] {
  return [
    executable('/bin/busybox', toolchain.binary('busybox')),
    ...APPLETS.map((name): ImageFile => ({ kind: 'symlink', path: `/bin/${name}`, to: 'busybox' })),
  ];
}

/** Git for checkouts over HTTP(S): the command, its remote helper, and the scripts submodules need. */
function git(): ImageFile[] {
  const helper = `${GIT_HELPERS}/git-remote-http`;
  return [
    ...withLibraries('/usr/bin/git', realpathSync('/usr/bin/git')),
    ...withLibraries(helper, helper),
    { kind: 'symlink', path: `${GIT_HELPERS}/git-remote-https`, to: 'git-remote-http' },
    { kind: 'symlink', path: `${GIT_HELPERS}/git`, to: '/usr/bin/git' },
    { kind: 'symlink', path: `${GIT_HELPERS}/git-submodule--helper`, to: '/usr/bin/git' },
    ...['git-submodule', 'git-sh-setup', 'git-sh-i18n', 'git-sh-i18n--envsubst'].map((name) =>
      executable(`${GIT_HELPERS}/${name}`, `${GIT_HELPERS}/${name}`),
    ),
    { kind: 'directory', path: '/usr/share/git-core/templates', mode: 0o755 },
  ];
}

function withLibraries(path: string, from: string): ImageFile[] {
  return [executable(path, from), ...librariesOf(from)];
}

/** Node of the npm package: the version package-lock.json pins, not the machine's. */
function nodeBinary(): string {
  return join(ROOT, 'node_modules', 'node', 'bin', 'node');
}

function applications(bundle: ServicesBundle): ImageFile[] {
  const protos = join(ROOT, 'services', 'proto');
  return [
    ...bundle.names.map((name) => plainFile(`/app/${name}.js`, join(bundle.folder, `${name}.js`))),
    ...readdirSync(protos).map((name) => plainFile(`/app/proto/${name}`, join(protos, name))),
  ];
}
