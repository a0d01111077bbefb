import { hash, randomBytes } from 'node:crypto';
import { changeOfKey, projectOfKey } from '../../../core/event-key';
import { SlotChains } from './model-slot-chains';

/** Place of a record: the segment is known at once, the rest when it is on disk. */
export interface Place {
  readonly segment: number;
  readonly offset?: number;
  readonly length?: number;
}

/** By slot: three words of the key's hash, numbers of change and project, segment, offset, length (0: not on disk yet). */
const WIDTH = 8;
const AT = { change: 3, project: 4, segment: 5, offset: 6, length: 7 } as const;
/** Of a key that is about a ref, or no project. Gerrit's numbers begin at 1, as ours do. */
const NONE = 0;

type Fingerprint = readonly [number, number, number];
const NOTHING: Fingerprint = [0, 0, 0];

/**
 * Where the events of a ledger lie, by key, by change and by project. Most of them start nothing and there are millions, so a
 * key is 96 bits of a hash here, 32 bytes an event and no object; the key itself is in the record. The hash is of this process alone:
 * nobody can make up an event that is taken for another.
 */
export class EventIndex {
  private readonly salt = randomBytes(16).toString('hex');
  private data = new Uint32Array(WIDTH * 1024);
  private count = 0;
  private byKey = this.keyChains();
  private byChange = this.changeChains();
  private byProject = this.projectChains();
  /** Projects by name, of which there are few: numbers from 1. */
  private readonly projects = new Map<string, number>();
  /** Slots of events that are not on disk yet: their place comes a moment later, and is worth no second hash. */
  private readonly pending = new Map<string, number>();
  /** An event is looked for, and then put in. */
  private last = { key: '', print: NOTHING };

  /** Takes a key, or the newer place of one that it has. True: the key is new. */
  put(key: string, place: Place): boolean {
    const known = this.pending.get(key) ?? this.slotOf(this.fingerprint(key));
    const slot = known ?? this.append(this.fingerprint(key), changeOfKey(key) ?? NONE, this.projectNumber(key));
    this.write(slot, place);
    if (place.length === undefined) {
      this.pending.set(key, slot);
    } else {
      this.pending.delete(key);
    }
    return known === undefined;
  }

  has(key: string): boolean {
    return this.slotOf(this.fingerprint(key)) !== undefined;
  }

  placeOf(key: string): Place | undefined {
    const slot = this.slotOf(this.fingerprint(key));
    return slot === undefined ? undefined : this.read(slot);
  }

  /** Places of a change's events in the order in which their keys came. */
  placesOfChange(change: number): Place[] {
    return change === NONE ? [] : this.newest(this.byChange, AT.change, change, Number.POSITIVE_INFINITY);
  }

  /** Places of a project's newest events, at most so many, in the order in which their keys came. */
  placesOfProject(project: string, most: number): Place[] {
    const number = this.projects.get(project);
    return number === undefined ? [] : this.newest(this.byProject, AT.project, number, most);
  }

  /** Forgets everything that lies in segments up to and including `last`. */
  dropThrough(last: number): void {
    const { data, count } = this;
    this.data = new Uint32Array(WIDTH * 1024);
    this.count = 0;
    this.byKey = this.keyChains();
    this.byChange = this.changeChains();
    this.byProject = this.projectChains();
    this.pending.clear();
    for (let slot = 0; slot < count; slot++) {
      const of = (field: number) => data[slot * WIDTH + field] ?? 0;
      if (of(AT.segment) > last) {
        const place = { segment: of(AT.segment), offset: of(AT.offset), length: of(AT.length) };
        this.write(this.append([of(0), of(1), of(2)], of(AT.change), of(AT.project)), place);
      }
    }
  }

  /** Places of the newest events that have a value in a field, at most so many, oldest first. */
  private newest(chains: SlotChains, field: number, value: number, most: number): Place[] {
    const places: Place[] = [];
    for (const slot of chains.of(value)) {
      if (places.length === most) {
        break;
      }
      if (this.field(slot, field) === value) {
        places.push(this.read(slot));
      }
    }
    return places.reverse();
  }

  private append([a, b, c]: Fingerprint, change: number, project: number): number {
    const slot = this.count;
    if ((slot + 1) * WIDTH > this.data.length) {
      const larger = new Uint32Array(Math.ceil((this.data.length * 1.5) / WIDTH) * WIDTH);
      larger.set(this.data);
      this.data = larger;
    }
    this.data.set([a, b, c, change, project], slot * WIDTH);
    this.count += 1;
    this.byKey.add();
    this.byChange.add();
    this.byProject.add();
    return slot;
  }

  private slotOf([a, b, c]: Fingerprint): number | undefined {
    for (const slot of this.byKey.of(a)) {
      if (this.field(slot, 0) === a && this.field(slot, 1) === b && this.field(slot, 2) === c) {
        return slot;
      }
    }
    return undefined;
  }

  private write(slot: number, { segment, offset = 0, length = 0 }: Place): void {
    this.data.set([segment, offset, length], slot * WIDTH + AT.segment);
  }

  private read(slot: number): Place {
    const length = this.field(slot, AT.length);
    const segment = this.field(slot, AT.segment);
    return length === 0 ? { segment } : { segment, offset: this.field(slot, AT.offset), length };
  }

  private field(slot: number, field: number): number {
    return this.data[slot * WIDTH + field] ?? 0;
  }

  private fingerprint(key: string): Fingerprint {
    if (this.last.key !== key) {
      const bytes = hash('sha256', this.salt + key, 'buffer');
      this.last = { key, print: [bytes.readUInt32LE(0), bytes.readUInt32LE(4), bytes.readUInt32LE(8)] };
    }
    return this.last.print;
  }

  private projectNumber(key: string): number {
    const project = projectOfKey(key);
    if (project === undefined) {
      return NONE;
    }
    const number = this.projects.get(project) ?? this.projects.size + 1;
    this.projects.set(project, number);
    return number;
  }

  private keyChains(): SlotChains {
    return new SlotChains((slot) => this.field(slot, 0));
  }

  private changeChains(): SlotChains {
    return new SlotChains((slot) => this.field(slot, AT.change));
  }

  private projectChains(): SlotChains {
    return new SlotChains((slot) => this.field(slot, AT.project));
  }
}
