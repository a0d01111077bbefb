/** Each build as two lines, `TIME,1` and `TIME,-1`. */
const EVENTS = 'NR > 1 { print $1 ",1"; print $2 ",-1" }';

/** Most builds at once of each day, from lines in order of time. A number counts once it is held for some time. */
const MAXIMA = `
  $1 != last {
    if (level > max) max = level
    day = substr($1, 1, 10)
    if (day != today) {
      if (today != "") print today, max
      max = substr($1, 12) == "00:00:00.000Z" ? 0 : level
      today = day
    }
    last = $1
  }
  { level += $2 }
  END { print today, max }`;

/**
 * Prints the days' maxima of a CSV as somebody with a shell would get them: times in UTC of one width sort as text, so GNU
 * sort can do what a sweep needs. Less than ours is asked of it: no medians, no pools, no CPU and memory, no bad rows, and
 * days in UTC of which each has an event. Last it prints what the shell says of processor time: two lines, its own and that
 * of the three.
 */
export function sortAndAwk(file: string, temporary: string): string[] {
  const script = [
    'set -o pipefail; export LC_ALL=C',
    `awk -F, '${EVENTS}' "$1" | sort -S 128M -T "$2" | awk -F, '${MAXIMA}'`,
    'times',
  ].join('\n');
  return ['bash', '-c', script, 'sort-and-awk', file, temporary];
}
