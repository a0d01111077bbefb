import { type Image, imageReference } from '../../core/images';
import { CURATED_RESOURCES } from '../../core/run-resources';
import { CONTAINER_SECURITY } from '../hardened';
import type { Container, EnvVar, UserContainer } from '../imports/argo-workflows';
import { Workspace, workspaceMounts } from './workspace';

/** Fetches the commit under test into the workspace, without its files. */
const FETCH_SCRIPT = `
git init -q ${Workspace.source}
cd ${Workspace.source}
git fetch -q --depth=1 -- "$FETCH_URL" "$REF"
actual=$(git rev-parse 'FETCH_HEAD^{commit}')
if [ "$actual" != "$REVISION" ]; then
  echo "fetched $REF is $actual, wanted $REVISION: a newer push replaced it" >&2
  exit 1
fi
`.trim();

const CHECKOUT_SCRIPT = `
git -c advice.detachedHead=false checkout -q FETCH_HEAD
echo "checked out $REVISION of $REF"
`.trim();

/** By environment, never by text in the script: what a name says cannot become a command. */
const FETCH_ENVIRONMENT: readonly EnvVar[] = [
  { name: 'FETCH_URL', value: '{{workflow.parameters.fetch-url}}' },
  { name: 'REF', value: '{{workflow.parameters.ref}}' },
  { name: 'REVISION', value: '{{workflow.parameters.revision}}' },
  { name: 'HOME', value: Workspace.root },
  { name: 'GIT_TERMINAL_PROMPT', value: '0' },
];

const fetching = (before: string, after: string): readonly string[] => [
  '/bin/sh',
  '-euc',
  [before, FETCH_SCRIPT, after].join('\n').trim(),
];

/** A container that fetches the commit under test, then does something with it: a script of POSIX shell. */
export function fetchingContainer(git: Image, script: string, environment: readonly EnvVar[] = []): Container {
  return {
    image: imageReference(git),
    imagePullPolicy: 'IfNotPresent',
    command: fetching('', script),
    env: [...FETCH_ENVIRONMENT, ...environment],
    resources: CURATED_RESOURCES['seakeeper-checkout'].checkout,
    volumeMounts: workspaceMounts,
  };
}

/** A container that checks out the commit under test to `Workspace.source`. */
export const checkoutContainer = (git: Image): Container => fetchingContainer(git, CHECKOUT_SCRIPT);

/** Name of the container in pods that check out before they do something else. */
export const CHECKOUT = 'checkout';

/** The same before a pod's own container. Nobody keeps the log of such a one: its errors become the step's message. */
export function checkoutBefore(git: Image): UserContainer {
  return {
    ...checkoutContainer(git),
    name: CHECKOUT,
    command: fetching('if [ -w /dev/termination-log ]; then exec 2> /dev/termination-log; fi', CHECKOUT_SCRIPT),
    securityContext: CONTAINER_SECURITY,
  };
}
