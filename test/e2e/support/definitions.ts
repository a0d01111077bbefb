import { type Image, imageReference } from '../../../core/images';

/** A definition of one step that runs a shell script, with that much CPU if any is named: the cheapest real run there is. */
export function oneStep(busybox: Image, script = 'echo done', cpu?: string): string {
  const resources =
    cpu === undefined ? '' : `        resources: { requests: { cpu: ${cpu} }, limits: { cpu: ${cpu} } }\n`;
  return `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata:
  generateName: check-
spec:
  entrypoint: step
  templates:
    - name: step
      container:
        image: ${imageReference(busybox)}
        command: [sh, -euc]
        args: [${JSON.stringify(script)}]
${resources}`;
}

/** A definition whose one step is left out: a whole run, from event to vote, that never waits for a pod. */
export function noStep(busybox: Image): string {
  return `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata:
  generateName: check-
spec:
  entrypoint: nothing
  templates:
    - name: nothing
      steps:
        - - name: never
            template: step
            when: 'false'
    - name: step
      container:
        image: ${imageReference(busybox)}
        command: ['true']
        resources: { requests: { cpu: 10m, memory: 16Mi }, limits: { cpu: 10m, memory: 32Mi } }
`;
}
