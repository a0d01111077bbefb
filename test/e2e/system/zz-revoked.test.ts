import { demoDefinition, goodChange } from '../../../local/demo/demo-definition';
import { startGateway, stopGateway } from '../support/gateway';
import { type LedgerView, openLedger } from '../support/ledger';
import {
  localImage,
  makeProject,
  removeProject,
  reportsOn,
  runningSystem,
  type System,
  workflowsOf,
} from '../support/system';

jest.setTimeout(300_000);

const NO_DEFINITION = [
  { kind: 'filtered', reason: 'no-definition', definitionCommit: expect.stringMatching(/^[0-9a-f]{40}$/) },
];

let system: System;
let ledger: LedgerView;
let project: string;

beforeAll(async () => {
  system = await runningSystem();
  const definition = demoDefinition(await localImage(system.kube, 'busybox'));
  ({ project } = await makeProject(system, 'revoked', definition));
}, 3_600_000);

afterAll(async () => {
  await ledger?.close();
  await startGateway();
  await removeProject(system, project);
  await system.gerrit.close();
});

test('a definition that is revoked while nobody listens does not run afterwards, missed patch sets included', async () => {
  const push = (subject: string) => system.gerrit.pushChange({ project, subject, files: goodChange(subject) });
  ledger = await openLedger();
  expect(await ledger.decisionsOn(await push('Under the definition'))).toMatchObject([{ kind: 'spawned' }]);
  await ledger.close();

  await stopGateway();
  await system.gerrit.pushDefinition(project, { 'seakeeper/check.yaml': null });
  const unheard = await push('While nobody listens');
  await startGateway();
  const heard = await push('Afterwards');

  ledger = await openLedger();
  expect(await ledger.decisionsOn(unheard)).toEqual(NO_DEFINITION);
  expect(await ledger.decisionsOn(heard)).toEqual(NO_DEFINITION);
  for (const change of [unheard, heard]) {
    expect(await workflowsOf(system, change)).toEqual([]);
    expect(await reportsOn(system, change)).toEqual([]);
  }
});
