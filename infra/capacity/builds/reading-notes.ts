import type { ParsedTime, TimeForm } from './parse-time';
import type { Build, Warning } from './types';

/** Fewer builds say little about any peak. */
const FEW_BUILDS = 100;
const LONG_MS = 24 * 3_600_000;

/** First row something was seen in, and how often. */
interface Seen {
  readonly row: number;
  count: number;
}

/** What is noticed of builds while they are read, and the warnings that follow. */
export class ReadingNotes {
  readonly projects = new Map<string, number>();
  readonly #forms = new Map<TimeForm, Seen>();
  readonly #zeroLength: Seen = { row: 0, count: 0 };
  #long: Seen & { hours: number } = { row: 0, count: 0, hours: 0 };
  #builds = 0;

  note(row: number, build: Build, start: ParsedTime, end: ParsedTime): void {
    this.#builds += 1;
    this.#noteForm(row, start.form);
    this.#noteForm(row, end.form);
    const { project, startMs, endMs } = build;
    if (project !== undefined) this.projects.set(project, (this.projects.get(project) ?? 0) + 1);
    if (endMs === startMs) this.#zeroLength.count += 1;
    if (endMs - startMs > LONG_MS) this.#noteLong(row, (endMs - startMs) / 3_600_000);
  }

  #noteForm(row: number, form: TimeForm): void {
    const seen = this.#forms.get(form);
    if (seen === undefined) this.#forms.set(form, { row, count: 1 });
    else seen.count += 1;
  }

  #noteLong(row: number, hours: number): void {
    const count = this.#long.count + 1;
    this.#long = hours > this.#long.hours ? { row, count, hours } : { ...this.#long, count };
  }

  /** Refused rows first: they are missing from everything that follows. */
  warnings(refused: { readonly count: number; readonly firstRow: number; readonly rows: number }): Warning[] {
    return [
      ...this.#refusedWarning(refused),
      ...this.#formWarnings(),
      ...this.#lengthWarnings(),
      ...this.#sampleWarnings(),
    ];
  }

  #refusedWarning({ count, firstRow, rows }: { count: number; firstRow: number; rows: number }): Warning[] {
    if (count === 0) return [];
    const share = ((100 * count) / rows).toFixed(2);
    return [
      {
        code: 'refused-rows',
        message: `${count} of ${rows} rows (${share} %) cannot be builds and are left out, the first of them row ${firstRow}: demand was at least as high as shown`,
      },
    ];
  }

  #formWarnings(): Warning[] {
    const forms = [...this.#forms];
    const offsets = forms.filter(([form]) => !form.startsWith('epoch'));
    const units = forms.filter(([form]) => form.startsWith('epoch'));
    const list = (entries: readonly (readonly [TimeForm, Seen])[]) =>
      entries
        .slice(0, 5)
        .map(([form, { row, count }]) => `${form} (first in row ${row}, ${count} times)`)
        .join(', ');
    return [
      ...(offsets.length > 1
        ? [
            warning(
              'two-offsets',
              `times have ${offsets.length} different offsets: ${list(offsets)}; each is taken at its word, so check that none was added by hand to times of another zone`,
            ),
          ]
        : []),
      ...(units.length > 1
        ? [
            warning(
              'mixed-epoch-units',
              `times are in two units: ${list(units)}; each is told by its size, so nothing is lost, but the file was put together of two`,
            ),
          ]
        : []),
    ];
  }

  #lengthWarnings(): Warning[] {
    const { row, count, hours } = this.#long;
    const zero = this.#zeroLength.count;
    return [
      ...(zero > 0
        ? [
            warning(
              'zero-length',
              `${zero} builds end when they start: they take no time and so no slot; with times in whole seconds or minutes, short builds look so`,
            ),
          ]
        : []),
      ...(count > 0
        ? [
            warning(
              'long-builds',
              `${count} builds took longer than a day, the longest ${hours.toFixed(1)} h in row ${row}: a build that hung holds its slot in all figures`,
            ),
          ]
        : []),
    ];
  }

  #sampleWarnings(): Warning[] {
    const builds = this.#builds;
    const [only] = this.projects.keys();
    return [
      ...(builds < FEW_BUILDS
        ? [
            warning(
              'few-builds',
              `${builds} builds are too few to tell a peak from chance; ${FEW_BUILDS} are the least, several weeks the use`,
            ),
          ]
        : []),
      ...(builds > 0 && only === undefined
        ? [warning('no-project', 'no build says its project, so nothing can be said by project or class')]
        : []),
      ...(only !== undefined && this.projects.size === 1
        ? [
            warning(
              'one-project',
              `all builds are of one project, ${only}: this is its demand and not that of the whole CI system`,
            ),
          ]
        : []),
    ];
  }
}

const warning = (code: Warning['code'], message: string): Warning => ({ code, message });
