import { join } from 'node:path';
import type { LocalPaths } from '../paths';

type Run = Pick<LocalPaths, 'run'>;

/** Record of what was changed on the machine. */
export const hostChangesFile = (paths: Run): string => join(paths.run, 'host-changes.json');

/** Socket on which the supervisor is asked and told. */
export const supervisorSocket = (paths: Run): string => join(paths.run, 'supervisor.sock');

/** The supervisor's plan. */
export const planFile = (paths: Pick<LocalPaths, 'config'>): string => join(paths.config, 'plan.json');
