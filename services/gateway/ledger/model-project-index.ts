import { projectOfKey } from '../../../core/event-key';
import { KeyIndex } from './model-key-index';

/** Newest events that are kept in mind of each project: enough to try a definition on. */
export const MOST_OF_A_PROJECT = 200;

/** Keys of each project's newest events. */
export class ProjectIndex extends KeyIndex<string> {
  constructor() {
    super(projectOfKey, MOST_OF_A_PROJECT);
  }
}
