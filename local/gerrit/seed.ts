import { z } from 'zod';
import type { GerritEndpoint } from '../../core/service-config';
import { ensureAdminPassword, ensureHttpPassword, ensureSshKey } from './credentials';
import { GerritAdmin } from './gerrit-admin';
import { type GerritAddress, httpUrl } from './gerrit-options';
import { type GerritSitePaths, sshHostKeys } from './gerrit-site';
import { AccessSections, missingAccess, VERIFIED_LABEL, VERIFIED_REQUIREMENT, wantedAccess } from './seed-access';

/** Account that the services act as. */
export const CI_ACCOUNT = 'seakeeper-ci';
const CI_EMAIL = 'seakeeper-ci@example.com';
/** Project on which the services check their grants when they start. */
export const CANARY_PROJECT = 'seakeeper-canary';
/** Name of the local server in event keys. */
export const SERVER_NAME = 'local';

const ALL_PROJECTS = '/projects/All-Projects';
const Named = z.array(z.object({ name: z.string() }));
const Groups = z.record(z.string(), z.object({ id: z.string() }));

/** A seeded Gerrit: what stack config says of it, and an administrator to act with. */
export interface SeededGerrit {
  readonly endpoint: GerritEndpoint;
  readonly admin: GerritAdmin;
}

/**
 * Brings a running Gerrit to what Seakeeper needs: the CI account with its credentials, the label and its submit
 * requirement, the grants, the canary project. Does only what is missing, so a second time it changes nothing.
 */
export async function seedGerrit(paths: GerritSitePaths, address: GerritAddress): Promise<SeededGerrit> {
  const admin = await connectAdmin(paths, address);
  await seedAccount(admin);
  await ensureSshKey(paths, address, admin, CI_ACCOUNT);
  await ensureHttpPassword(paths, address, admin, CI_ACCOUNT);
  await seedLabel(admin);
  await seedAccess(admin);
  await seedCanary(admin);
  return { admin, endpoint: await gerritEndpoint(paths, address) };
}

/** The administrator of a running Gerrit. */
export async function connectAdmin(paths: GerritSitePaths, address: GerritAddress): Promise<GerritAdmin> {
  const password = await ensureAdminPassword(paths, address);
  const actor = { account: 'admin', password, email: 'admin@example.com', name: 'Administrator' };
  return new GerritAdmin(httpUrl(address), actor);
}

/** What stack config says of the local Gerrit; its site must exist, it need not run. */
export async function gerritEndpoint(paths: GerritSitePaths, address: GerritAddress): Promise<GerritEndpoint> {
  return {
    name: SERVER_NAME,
    httpUrl: httpUrl(address),
    fetchUrl: httpUrl(address),
    sshHost: address.host,
    sshPort: address.sshPort,
    sshHostKeys: await sshHostKeys(paths),
    account: CI_ACCOUNT,
    canaryProject: CANARY_PROJECT,
  };
}

async function seedAccount(admin: GerritAdmin): Promise<void> {
  const found = Named.parse(await admin.rest('GET', `/accounts/?q=username:${CI_ACCOUNT}&o=DETAILS`));
  if (found.length === 0) {
    await admin.rest('PUT', `/accounts/${CI_ACCOUNT}`, { name: 'Seakeeper CI', groups: ['Service Users'] });
  }
  // Without an address it could open no change, by which people are told why their project gets no namespace.
  const emails = z.array(z.object({ email: z.string() }));
  const known = emails.parse(await admin.rest('GET', `/accounts/${CI_ACCOUNT}/emails`));
  if (!known.some(({ email }) => email === CI_EMAIL)) {
    const body = { email: CI_EMAIL, no_confirmation: true, preferred: true };
    await admin.rest('PUT', `/accounts/${CI_ACCOUNT}/emails/${encodeURIComponent(CI_EMAIL)}`, body);
  }
}

async function seedLabel(admin: GerritAdmin): Promise<void> {
  const has = async (what: string) =>
    Named.parse(await admin.rest('GET', `${ALL_PROJECTS}/${what}/`)).some(({ name }) => name === VERIFIED_LABEL.name);
  if (!(await has('labels'))) {
    await admin.rest('PUT', `${ALL_PROJECTS}/labels/${VERIFIED_LABEL.name}`, VERIFIED_LABEL);
  }
  if (!(await has('submit_requirements'))) {
    await admin.rest('PUT', `${ALL_PROJECTS}/submit_requirements/${VERIFIED_REQUIREMENT.name}`, VERIFIED_REQUIREMENT);
  }
}

async function seedAccess(admin: GerritAdmin): Promise<void> {
  const groups = Groups.parse(await admin.rest('GET', '/groups/'));
  const uuid = (name: string): string => {
    const id = groups[name]?.id;
    if (id === undefined) throw new Error(`Gerrit has no group '${name}'; a fresh site has it`);
    return id;
  };
  const wanted = wantedAccess({ serviceUsers: uuid('Service Users'), administrators: uuid('Administrators') });
  const present = z.object({ local: AccessSections }).parse(await admin.rest('GET', `${ALL_PROJECTS}/access`));
  const add = missingAccess(wanted, present.local);
  if (Object.keys(add).length > 0) {
    await admin.rest('POST', `${ALL_PROJECTS}/access`, { message: 'Grant what Seakeeper needs', add });
  }
}

/** The canary has one open change for ever: on it Gerrit says which votes an account may give. */
async function seedCanary(admin: GerritAdmin): Promise<void> {
  await admin.createProject(CANARY_PROJECT, 'Seakeeper checks its grants here. Nothing is ever merged.');
  const open = z.array(z.unknown()).parse(await admin.rest('GET', `/changes/?q=project:${CANARY_PROJECT}+status:open`));
  if (open.length === 0) {
    await admin.pushChange({
      project: CANARY_PROJECT,
      subject: 'Keep this change open',
      body: 'Seakeeper reads from it which votes its account may give.',
      files: { 'CANARY.md': 'Keep this change open.\n' },
      workInProgress: true,
    });
  }
}
