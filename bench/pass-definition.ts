/** A definition whose one step does nothing, in this image. YAML. */
export const passDefinition = (image: string): string => `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata:
  generateName: check-
spec:
  entrypoint: pass
  templates:
    - name: pass
      container:
        image: ${image}
        command: ["true"]
`;
