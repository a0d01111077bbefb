/** ClusterWorkflowTemplates RelEng publishes; a definition may call these by exact name, and no others. */
export const CuratedTemplate = {
  checkout: 'seakeeper-checkout',
  runImage: 'seakeeper-run-image',
  cache: 'seakeeper-cache',
  publish: 'seakeeper-publish',
} as const;

/** A parameter of a curated template. */
export interface CuratedParameter {
  /** What it is, for the author of a definition. */
  readonly means: string;
  /**
   * What it is unless the call says otherwise.
   *
   * @default - the call must say
   */
  readonly default?: string;
}

/** A file or folder that a curated template takes. */
export interface CuratedArtifact {
  /** What it is, for the author of a definition. */
  readonly means: string;
  /**
   * Whether a call may leave it out.
   *
   * @default false
   */
  readonly optional?: boolean;
}

/** What a call of a curated template may give it. */
export interface CuratedInterface {
  readonly parameters: Readonly<Record<string, CuratedParameter>>;
  readonly artifacts: Readonly<Record<string, CuratedArtifact>>;
}

/** Value of `cache-key` that stands for no cache. */
export const NO_CACHE = 'none';

export const RUN_IMAGE: CuratedInterface = {
  parameters: {
    image: { means: 'Image to run in. It has /bin/sh; with a cache also tar and gzip.' },
    command: { means: 'Shell commands, run in the checkout; the first that fails ends the step.' },
    'cache-key': { means: 'What seakeeper-cache made of the lock files.', default: NO_CACHE },
    'cache-folder': { means: 'Folder kept under that key, absolute or in the checkout.', default: '' },
  },
  artifacts: { input: { means: 'What an earlier step left, in $INPUT.', optional: true } },
};

export const CACHE_KEY: CuratedInterface = {
  parameters: {
    files: { means: 'Lock files of the change, as git’s pathspecs with spaces between, such as package-lock.json.' },
    name: { means: 'What the key begins with, one for each kind of cache.', default: 'cache' },
  },
  artifacts: {},
};

const publishes = (what: string): CuratedInterface => ({
  parameters: { path: { means: `The ${what}, relative to what the step left.` } },
  artifacts: { files: { means: 'What the step left.' } },
});
export const PUBLISH = { file: publishes('file'), folder: publishes('folder') } as const;

/** What each template of the curated ones takes, by ClusterWorkflowTemplate and template. */
export const CURATED_INTERFACES: Readonly<Record<string, Readonly<Record<string, CuratedInterface>>>> = {
  [CuratedTemplate.checkout]: { checkout: { parameters: {}, artifacts: {} } },
  [CuratedTemplate.runImage]: { small: RUN_IMAGE, medium: RUN_IMAGE, large: RUN_IMAGE },
  [CuratedTemplate.cache]: { key: CACHE_KEY },
  [CuratedTemplate.publish]: PUBLISH,
};
