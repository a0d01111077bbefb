import { App, type Chart } from 'cdk8s';
import { KubeObject } from '../../core/kube-object';

/** Objects of a chart, with the few questions tests ask of them. */
export interface Synthesized {
  readonly objects: readonly KubeObject[];
  /** The object of a kind and name. Throws with what there is when it is missing. */
  readonly find: (kind: string, name?: string) => KubeObject;
  readonly all: (kind: string) => readonly KubeObject[];
}

/** Synthesizes a chart made by `make`, as a release does. */
export function synth(make: (app: App) => Chart): Synthesized {
  return ask(make(new App()).toJson());
}

/** Asks questions of plain objects. */
export function ask(plain: readonly unknown[]): Synthesized {
  const objects = plain.map((object) => KubeObject.parse(object));
  const all = (kind: string) => objects.filter((object) => object.kind === kind);
  return {
    objects,
    all,
    find: (kind, name) => {
      const found = all(kind).find((object) => name === undefined || object.metadata.name === name);
      if (found === undefined) {
        const there = objects.map((object) => `${object.kind}/${object.metadata.name}`).join(', ');
        throw new Error(`no ${kind} ${name ?? ''} among ${there}`);
      }
      return found;
    },
  };
}
