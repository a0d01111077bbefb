/**
 * In Argo's expressions: the last attempt ended without a word of the step's own on how. Its pod was preempted, evicted,
 * drained, lost with its node or never came to be; 137 is what Argo's executor makes of a step that a signal ended. Not
 * when it ran out of time or memory, nor when its outputs could not be stored: that would only happen again.
 */
export const FAILED_FROM_OUTSIDE = [
  '!(lastRetry.message matches "deadline|OOMKilled|^wait: Error .exit code (1|2|64)[)]")',
  '(lastRetry.status == "Error" || !(lastRetry.message contains "(exit code ") || lastRetry.exitCode in ["137", "143"])',
].join(' && ');
