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
