import { missingAccess, wantedAccess } from '../../../local/gerrit/seed-access';

const wanted = wantedAccess({ serviceUsers: 'service', administrators: 'admins' });

describe('missingAccess', () => {
  test('is everything on a fresh site', () => {
    expect(missingAccess(wanted, {})).toEqual(wanted);
  });

  test('is nothing when all is there', () => {
    expect(missingAccess(wanted, structuredClone(wanted))).toEqual({});
  });

  test('keeps the read permission of refs/meta/config exclusive', () => {
    expect(missingAccess(wanted, {})['refs/meta/config']?.permissions['read']?.exclusive).toBe(true);
  });

  test('is a rule whose range of votes is too small', () => {
    const present = structuredClone(wanted);
    const rule = present['refs/heads/*']?.permissions['label-Verified']?.rules['service'];
    Object.assign(rule ?? {}, { max: 0 });

    expect(missingAccess(wanted, present)).toEqual({
      'refs/heads/*': {
        permissions: { 'label-Verified': { rules: { service: { action: 'ALLOW', min: -1, max: 1 } } } },
      },
    });
  });
});
