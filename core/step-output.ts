/** A line of Argo's executor, which shares a step's standard error; in JSON, or in text where so configured. */
const EXECUTOR_LINE = /(?:\{"argo":true,|time="[^"\n]*" level=\w+ msg="[^"\n]*" argo=true)[^\n]*\n?/g;
/** What it says when the step's own process is over. */
const PROCESS_OVER = 'sub-process exited';
/** What it says after that without its mark. */
const UNMARKED_LINE = /^(?:\{"level":"\w+","msg":|time="[^"\n]*" level=\w+ msg=)[^\n]*\n?/gm;
/** How it ends when the process failed: on the step's last line, if that had no end of line. */
const LAST_WORDS = /Error: exit status \d+\n?$/;

/**
 * What a step itself printed, of a log that Argo's executor has written to as well. A last line without an end of line
 * comes only after the executor's, so what follows them is looked at too.
 */
export function stepOutput(log: string): string {
  const over = [...log.matchAll(EXECUTOR_LINE)].findLast(([line]) => line.includes(PROCESS_OVER));
  if (over === undefined) {
    return log.replace(EXECUTOR_LINE, '');
  }
  const before = log.slice(0, over.index);
  const after = log.slice(over.index).replace(EXECUTOR_LINE, '').replace(UNMARKED_LINE, '').replace(LAST_WORDS, '');
  return before.replace(EXECUTOR_LINE, '') + after;
}
