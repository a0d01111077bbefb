/** Words for a project's state in `project.config`, as Gerrit reads them. */
const STATES = { ACTIVE: 'ACTIVE', READ_ONLY: 'READ_ONLY', HIDDEN: 'HIDDEN' } as const;
export type ProjectState = keyof typeof STATES;

const isState = (text: string): text is ProjectState => Object.hasOwn(STATES, text);

/**
 * The state that a `project.config` gives its project; `ACTIVE` when it says none. Gerrit's REST answers from a cache that
 * may be behind the commit that an event has just told of; the file at that commit is not.
 */
export function parseProjectState(config: string): ProjectState {
  let section = '';
  let state: ProjectState = 'ACTIVE';
  for (const line of config.split('\n')) {
    const header = /^\s*\[\s*([^\]\s]+)\s*\]/.exec(line);
    if (header !== null) {
      section = (header[1] ?? '').toLowerCase();
    }
    const value = section === 'project' ? /^(?:\s*\[[^\]]*\])?\s*state\s*=([^#;]*)/i.exec(line)?.[1] : undefined;
    if (value !== undefined) {
      const word = value.replaceAll('"', '').trim().replace(/[ -]/g, '_').toUpperCase();
      state = isState(word) ? word : state;
    }
  }
  return state;
}
