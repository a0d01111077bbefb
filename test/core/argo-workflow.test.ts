import { ArgoWorkflow, podName, podNodes, stepName, WorkflowNode } from '../../core/argo-workflow';

const node = (overrides: object) => WorkflowNode.parse({ id: 'n', name: 'wf.step', type: 'Pod', ...overrides });

describe('podName', () => {
  test('is the Workflow, the template and the FNV-1a hash of the node', () => {
    // 0xbf9cf968: published test vector of FNV-1a for "foobar".
    expect(podName('wf', node({ name: 'foobar', templateName: 'lint' }))).toBe('wf-lint-3214735720');
  });

  test('is the Workflow itself for a run of one pod', () => {
    expect(podName('wf', node({ name: 'wf', templateName: 'lint' }))).toBe('wf');
  });

  test('takes the template of a reference', () => {
    expect(podName('wf', node({ name: 'foobar', templateRef: { name: 'shared', template: 'checkout' } }))).toBe(
      'wf-checkout-3214735720',
    );
  });
});

describe('ArgoWorkflow', () => {
  test('reads a Workflow that the controller has not touched yet', () => {
    const workflow = ArgoWorkflow.parse({ metadata: { namespace: 'ci-a', name: 'wf', uid: 'u' }, spec: {} });

    expect(workflow.status.phase).toBe('');
    expect(podNodes(workflow)).toEqual([]);
  });

  test('keeps a phase it does not know from being taken for an end', () => {
    const workflow = ArgoWorkflow.parse({
      metadata: { namespace: 'ci-a', name: 'wf', uid: 'u' },
      status: { phase: 'Dreaming' },
    });

    expect(workflow.status.phase).toBe('');
  });

  test('names a step without the number of the attempt', () => {
    expect(stepName(node({ displayName: 'lint(2)' }))).toBe('lint');
  });
});
