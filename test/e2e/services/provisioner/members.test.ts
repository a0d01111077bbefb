import { App } from 'cdk8s';
import { pino } from 'pino';
import { z } from 'zod';
import { ProjectCrdChart } from '../../../../constructs/project-crd-chart';
import { asKubeObject } from '../../../../core/kube-object';
import { PROJECT_API, PROJECTS_PATH, ProjectObject } from '../../../../core/project';
import { MembersConfig } from '../../../../core/service-config';
import { type ApiServerFixture, startApiServer } from '../../../../local/cluster/api-server-alone';
import { startMembers } from '../../../../services/provisioner/members/members';
import { GerritClient } from '../../../../services/shared/gerrit-client';
import { KubeClient } from '../../../../services/shared/kube-client';
import { accessJson, OWNERS, RECORDED_SUBGROUP } from '../../../services/provisioner/members/fixtures';
import { RecordedGerrit } from '../../../services/shared/recorded-gerrit';
import { until } from '../../support/until';

jest.setTimeout(60_000);

const REFRESH_MS = 1_200;
const ACCESS = 'GET /access/?project=p';
const DOWN = { text: 'restarting', status: 503 } as const;
const FOUND = { json: { p: accessJson({ owner: { [OWNERS]: 'ALLOW' } }) } } as const;

let fixture: ApiServerFixture;
let kube: KubeClient;
let recorded: RecordedGerrit;
let gerrit: GerritClient;
let stop: () => Promise<void>;
let config: MembersConfig;

beforeAll(async () => {
  fixture = await startApiServer();
  kube = new KubeClient(fixture.config());
  const [crd] = new ProjectCrdChart(new App(), 'crd').toJson().map(asKubeObject);
  await kube.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', crd ?? {});
  await until('Projects are served', () => kube.get(PROJECTS_PATH).then(Boolean, () => false));
  await kube.create(PROJECTS_PATH, {
    apiVersion: `${PROJECT_API.group}/${PROJECT_API.version}`,
    kind: PROJECT_API.kind,
    metadata: { name: 'p' },
    spec: { gerritName: 'p' },
  });
  recorded = new RecordedGerrit()
    .on(ACCESS, FOUND)
    .on('GET /access/?project=All-Projects', { json: { 'All-Projects': accessJson({ parent: undefined }) } })
    .on(`GET /groups/${OWNERS}/detail`, { json: { ...RECORDED_SUBGROUP, id: OWNERS, includes: [] } });
  gerrit = new GerritClient({ baseUrl: await recorded.start(), account: 'ci', password: () => 'x', attempts: 1 });
  config = MembersConfig.parse({ enabled: true, refreshMinutes: REFRESH_MS / 60_000 });
  stop = startMembers({ config: () => ({ members: config }), kube, gerrit, log: pino({ level: 'silent' }) });
}, 90_000);

afterAll(async () => {
  await stop?.();
  await gerrit?.close();
  await recorded?.stop();
  await fixture?.stop();
});

const project = async () => ProjectObject.parse(await kube.get(`${PROJECTS_PATH}/p`));
const members = async () => (await project()).status?.members;
const reason = async () => (await members())?.problem?.reason;

describe('people of a Project at a real API server', () => {
  test('are written once, and not again while Gerrit says the same', async () => {
    await until('they are there', async () => (await members())?.owners.length === 1);

    expect(await members()).toMatchObject({ owners: ['bob'], contributors: [], notBound: [] });
    const { resourceVersion } = (await project()).metadata;
    const asked = recorded.calls.length;
    await until('Gerrit was asked twice more', async () => recorded.calls.length >= asked + 6);
    expect((await project()).metadata.resourceVersion).toBe(resourceVersion);
  });

  test('stay while Gerrit is down, are told to be old after a refresh time, and are gone after six', async () => {
    recorded.on(ACCESS, DOWN);
    const began = Date.now();

    await until('it is told', async () => (await reason()) === 'GerritSilent');
    expect((await members())?.owners).toEqual(['bob']);
    await until('nobody is left', async () => (await reason()) === 'GerritSilentTooLong');

    expect(Date.now() - began).toBeGreaterThan(5 * REFRESH_MS);
    expect((await members())?.owners).toEqual([]);
  });

  test('are back with the first answer, and nothing of the trouble is left', async () => {
    recorded.on(ACCESS, FOUND);

    await until('they are back', async () => (await members())?.owners.length === 1);

    expect(await members()).not.toHaveProperty('problem');
  });

  test("of Kubernetes' own names are refused by the API server too", async () => {
    const hostile = { status: { members: { owners: ['system:admin'] } } };

    await expect(kube.patch(`${PROJECTS_PATH}/p/status`, 'merge', hostile)).rejects.toThrow(
      /own no project; name people/,
    );
  });

  test('are taken off when they are not to follow Gerrit any more', async () => {
    config = { ...config, enabled: false };

    await until('nothing is left', async () => (await members()) === undefined);

    expect(z.object({ status: z.unknown() }).parse(await kube.get(`${PROJECTS_PATH}/p`)).status ?? {}).toEqual({});
  });
});
