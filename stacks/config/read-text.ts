/** Reads a file that stack config names, by its path relative to the project. Throws when it is not there. */
export type ReadText = (path: string) => string;
