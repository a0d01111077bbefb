import { workflowControllerConfig } from '../../constructs/workflow-controller-config';
import { EXECUTOR_RESOURCES } from '../../core/run-resources';

const config = workflowControllerConfig({ parallelism: 200, namespaceParallelism: 20, podsPerSecond: 50 });

test('Argo holds back nothing that the trigger let in: its own limits are wider', () => {
  expect(JSON.parse(config['parallelism'] ?? '')).toBeGreaterThan(200);
  expect(JSON.parse(config['namespaceParallelism'] ?? '')).toBeGreaterThan(20);
});

test("Argo's own containers ask for what the trigger counts them with", () => {
  expect(JSON.parse(config['executor'] ?? '')).toMatchObject({ resources: EXECUTOR_RESOURCES });
});
