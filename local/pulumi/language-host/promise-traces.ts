type PrepareStackTrace = (error: Error, frames: NodeJS.CallSite[]) => unknown;

/** Function of the SDK that takes a stack trace for every promise it makes, in case one is never settled. */
const TRACER = 'debuggablePromise';

/**
 * Leaves source positions out of the traces the SDK keeps of its promises: looking them up is a fifth of a preview's
 * time, and they are shown only when the program ends with a promise unsettled. Other errors keep theirs.
 */
export function cheapenPromiseTraces(): void {
  let prepare: PrepareStackTrace | undefined = Error.prepareStackTrace;
  const selective: PrepareStackTrace = (error, frames) =>
    prepare === undefined || frames[0]?.getFunctionName() === TRACER
      ? [String(error), ...frames.map((frame) => `    at ${frame.getFunctionName() ?? '<anonymous>'}`)].join('\n')
      : prepare(error, frames);
  Object.defineProperty(Error, 'prepareStackTrace', {
    configurable: true,
    get: () => (prepare === undefined ? undefined : selective),
    set: (value: PrepareStackTrace | undefined) => {
      prepare = value;
    },
  });
}
