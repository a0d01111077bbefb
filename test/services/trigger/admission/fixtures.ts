import {
  type AdmissionCommand,
  type AdmissionInput,
  type AdmissionRules,
  AdmissionState,
} from '../../../../services/trigger/admission/model-admission';
import { type Amount, NOTHING } from '../../../../services/trigger/admission/model-amount';
import type { Look, WaitingRun } from '../../../../services/trigger/admission/model-line';
import { stepAdmission } from '../../../../services/trigger/admission/step-admission';

export const RULES: AdmissionRules = {
  parallelism: 4,
  namespaceParallelism: 20,
  classParallelism: {},
  lookFreshMs: 3_000,
  lookWaitMs: 1_000,
  lookAgainMs: 2_000,
  unseenMs: 60_000,
};

export const amount = (parts: Partial<Amount> = {}): Amount => ({ ...NOTHING, pods: 1, ...parts });

export const look = (hard: Partial<Amount> = {}, more: Partial<Look> = {}): Look => ({
  hard,
  used: NOTHING,
  at: 0,
  ...more,
});

export function run(key: string, parts: Partial<WaitingRun> = {}): WaitingRun {
  const [namespace = ''] = key.split('/');
  return {
    key,
    namespace,
    projectClass: 'default',
    precedence: 'check',
    priority: 100,
    receivedAt: 0,
    need: amount(),
    ...parts,
  };
}

/** The model with a clock, answering its looks at once with the quota of the namespace. */
export class Model {
  readonly state = new AdmissionState();
  readonly admitted: string[] = [];
  readonly looks: Extract<AdmissionCommand, { kind: 'look' }>[] = [];
  now = 0;
  /** What a look finds; undefined: it never comes back. */
  onLook: (namespace: string, exact: boolean) => Look | undefined = () => look({}, { at: this.now });

  constructor(readonly rules: AdmissionRules = RULES) {
    this.state.synced = true;
  }

  step(input: AdmissionInput): void {
    const inputs = [input];
    for (let next = inputs.shift(); next !== undefined; next = inputs.shift()) {
      for (const command of stepAdmission(this.state, next, this.now, this.rules)) {
        if (command.kind === 'admit') {
          this.admitted.push(command.key);
        } else {
          this.looks.push(command);
          const found = this.onLook(command.namespace, command.exact);
          if (found !== undefined) {
            inputs.push({ kind: 'looked', namespace: command.namespace, look: found });
          }
        }
      }
    }
  }

  ask(key: string, parts: Partial<WaitingRun> = {}): void {
    this.step({ kind: 'asked', run: run(key, parts) });
  }

  finish(...keys: string[]): void {
    for (const key of keys) {
      this.step({ kind: 'gone', key });
    }
  }
}
