import { namespaceForProject } from '../../core/project-name';
import type { RenderedObject } from './render-cluster';
import { yamlText } from './yaml-text';

/** Objects that belong in one file: those of a release, or of a project's namespace. */
export interface RenderedGroup {
  /** Path of the file, without its ending: layer and release, or `projects` and the namespace. */
  readonly path: string;
  readonly objects: readonly RenderedObject[];
}

/** Gathers what comes one after the other and belongs together; holds one group at a time. */
export function* groupObjects(rendered: Iterable<RenderedObject>): Generator<RenderedGroup> {
  let group: { path: string; origin: string; source: string; objects: RenderedObject[] } | undefined;
  for (const object of rendered) {
    const { origin, source } = object;
    if (group?.origin !== origin || group.source !== source) {
      if (group !== undefined) yield group;
      const name = origin === 'projects' ? namespaceForProject(source) : source;
      group = { path: `${origin}/${name}`, origin, source, objects: [] };
    }
    group.objects.push(object);
  }
  if (group !== undefined) yield group;
}

/** A group as YAML of several documents, as `cdk8s synth` writes a chart's. */
export function yamlDocuments({ objects }: RenderedGroup): string {
  return objects.map(({ object }) => yamlText(object)).join('---\n');
}

/** A group as JSON, an object and where it comes from a line. */
export function jsonLines({ objects }: RenderedGroup): string {
  return objects.map((rendered) => `${JSON.stringify(rendered)}\n`).join('');
}
