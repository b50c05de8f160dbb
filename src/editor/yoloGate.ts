/**
 * Whether YOLO mode may begin: a setting alone does not turn it on, a person is asked once for where it would act. Until they agree
 * the mode counts as approval. What they agreed to holds for a context until the mode leaves YOLO.
 */
import { explain } from '../domain/error.ts';
import type { Mode } from '../domain/decision.ts';
import { effectiveMode } from '../policy/decide.ts';
import type { Settings } from './settings.ts';

/** `off`: the mode is another. `asking`: it counts as approval until somebody answers. `declined`: it stays approval. */
export type YoloState = 'off' | 'asking' | 'declined' | 'on';

/** A cluster that runs go to. */
export interface RunPlace {
  readonly context: string;
  /** The API server's address. */
  readonly server: string;
}

/** What a person is asked about. */
export interface YoloQuestion {
  readonly places: readonly RunPlace[];
  readonly settings: Settings;
  /** The incidents that are open and that automation could take, by id. None where absent. */
  readonly open?: readonly string[];
}

/** What a person answers. `with-open`: the incidents that they were told are open are taken as well. */
export type YoloAnswer = boolean | 'with-open';

/** What automation may take: nothing that was there before. */
export interface YoloScope {
  /** Milliseconds since 1970: when a person agreed, in whatever window. */
  readonly agreedAt: number;
  /** Milliseconds since 1970: then, or when this window was opened or came back to where they agreed, whichever is later. */
  readonly since: number;
  /** Older incidents that a person gave along in this window, by id. */
  readonly open: ReadonlySet<string>;
}

/** As the editor's own `Memento`. */
export interface Memory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

export interface YoloGateParts {
  readonly memory: Memory;
  /** Asks a person; resolves when this window can be seen and they have answered. */
  readonly ask: (question: YoloQuestion, stillOpen: () => boolean) => Promise<YoloAnswer>;
  /** Gives `oncall.mode` the value back that it had; undefined where it had none. */
  readonly putBack: (mode: Mode | undefined) => Promise<void>;
  readonly log: (message: string) => void;
  /** Milliseconds since 1970; the clock of this machine where absent. */
  readonly now?: () => number;
}

/** The settings in force, and what runs would be about. */
export interface YoloSituation {
  readonly settings: Settings;
  /** The value of `oncall.mode` itself, whatever practice makes of it. */
  readonly given: Mode | undefined;
  readonly practice: boolean;
  /** Where runs go: the pinned context first, then those that alerts may name. */
  readonly places: () => Promise<readonly RunPlace[]>;
  /** The incidents that are open and that automation could take, by id; none where absent. */
  readonly openIncidents?: () => readonly string[];
}

const agreedKey = 'oncall.yolo.agreed';
/** When, by the same keys, in milliseconds since 1970. */
const agreedAtKey = 'oncall.yolo.agreedAt';
const beforeKey = 'oncall.yolo.modeBefore';

export class YoloGate {
  readonly #parts: YoloGateParts;
  readonly #onChange: () => void;
  #state: YoloState = 'off';
  #contexts: readonly string[] = [];
  readonly #openedAt: number;
  #scope: YoloScope | undefined;
  /** What was agreed to of what it acts in without a break; none while it is not on. */
  #keys: ReadonlySet<string> = new Set();
  /** Since when the settings have been as they are. */
  #wanted: { readonly about: string; readonly at: number } | undefined;
  /** What the state is about; another one is considered anew. */
  #about = '';
  /** Why it could not be told where runs go, or asked. */
  #failure: string | undefined;

  /** @param onChange told when somebody has answered, and when the gate has closed */
  constructor(parts: YoloGateParts, onChange: () => void) {
    this.#parts = parts;
    this.#onChange = onChange;
    this.#openedAt = this.#now();
  }

  get state(): YoloState {
    return this.#state;
  }

  /** The contexts that YOLO mode may act in; none unless it is on. */
  get contexts(): readonly string[] {
    return this.#state === 'on' ? this.#contexts : [];
  }

  /** What automation may take; undefined unless it is on. */
  get scope(): YoloScope | undefined {
    return this.#state === 'on' ? this.#scope : undefined;
  }

  /** The mode that counts: approval for as long as nobody has agreed. */
  mode(wished: Mode): Mode {
    return wished === 'yolo' && this.#state !== 'on' ? 'approval' : wished;
  }

  /** Takes note of the settings. What has to be asked is asked in the background. */
  consider(situation: YoloSituation): void {
    const { settings, given, practice } = situation;
    const { kubernetes, mode, modeByContext } = settings;
    if (given !== 'yolo') this.#leave(given);
    const about =
      mode === 'yolo'
        ? JSON.stringify([
            practice,
            kubernetes.kubeconfig,
            kubernetes.context,
            kubernetes.contextByCluster,
            modeByContext,
          ])
        : '';
    if (about === this.#about) return;
    this.#about = about;
    if (this.#wanted?.about !== about)
      this.#wanted = { about, at: this.#wanted === undefined ? this.#openedAt : this.#now() };
    if (about === '') this.#keys = new Set();
    this.#contexts = [];
    this.#state = about === '' ? 'off' : 'asking';
    if (about !== '') void this.#find(situation, about);
  }

  /** Tries again where it could not be told which cluster it is about. */
  retry(): void {
    if (this.#state !== 'asking' || this.#failure === undefined) return;
    this.#about = '';
    this.#onChange();
  }

  async #find(situation: YoloSituation, about: string): Promise<void> {
    const { settings, practice } = situation;
    const begun = this.#wanted?.at ?? this.#openedAt;
    try {
      // What is asked was told the same settings by then.
      await undefined;
      const places = (await situation.places()).filter(
        ({ context }) => effectiveMode('yolo', settings.modeByContext, context) === 'yolo',
      );
      const keys = places.map(({ context }) =>
        JSON.stringify([practice ? 'practice' : (settings.kubernetes.kubeconfig ?? ''), context]),
      );
      const agreed = () => keys.every((key) => this.#agreed().includes(key));
      const stillOpen = () => this.#about === about && !agreed();
      const open = situation.openIncidents?.() ?? [];
      const answer =
        places.length > 0 &&
        (agreed() || (await this.#parts.ask({ places, settings, open }, stillOpen)) || agreed());
      if (this.#about !== about) return;
      const yes = answer !== false;
      this.#failure = undefined;
      if (yes) {
        const agreedAt = await this.#agree(keys);
        const goesOn = agreedAt === this.#scope?.agreedAt && keys.every((key) => this.#keys.has(key));
        const given = new Set(answer === 'with-open' ? open : []);
        if (!goesOn) this.#scope = { agreedAt, since: Math.max(agreedAt, begun), open: given };
      }
      this.#keys = new Set(yes ? keys : []);
      this.#contexts = places.map(({ context }) => context);
      this.#state = yes ? 'on' : places.length === 0 ? 'off' : 'declined';
      this.#onChange();
      // In practice only practice was declined: the setting is about the real cluster too.
      if (this.#state === 'declined' && !practice) await this.#parts.putBack(this.#before());
    } catch (error) {
      const failure = `YOLO mode counts as approval: ${explain(error)}`;
      if (failure !== this.#failure) this.#parts.log(failure);
      if (this.#about === about) this.#failure = failure;
    }
  }

  /** Leaving YOLO mode takes back what was agreed to. */
  #leave(given: Mode | undefined): void {
    const { memory } = this.#parts;
    if (this.#agreed().length > 0) void this.#remember([], {});
    const before = given ?? null;
    if (memory.get(beforeKey) !== before) void memory.update(beforeKey, before);
  }

  #agreed(): readonly string[] {
    const kept = this.#parts.memory.get(agreedKey);
    return Array.isArray(kept) ? kept.filter((key) => typeof key === 'string') : [];
  }

  /** What was agreed to before stays as old as it is; where nobody knows how old, it is of this moment. */
  async #agree(keys: readonly string[]): Promise<number> {
    const now = this.#now();
    const before = new Set(this.#agreed());
    const kept = this.#times();
    const times = Object.fromEntries(
      [...new Set([...before, ...keys])].map((key) => [
        key,
        (before.has(key) ? kept[key] : undefined) ?? now,
      ]),
    );
    await this.#remember(Object.keys(times), times);
    return Math.max(...keys.map((key) => times[key] ?? now));
  }

  #times(): Readonly<Record<string, number>> {
    const kept = this.#parts.memory.get(agreedAtKey);
    if (typeof kept !== 'object' || kept === null) return {};
    return Object.fromEntries(
      Object.entries(kept).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
    );
  }

  #now(): number {
    return (this.#parts.now ?? Date.now)();
  }

  async #remember(keys: readonly string[], times: Readonly<Record<string, number>>): Promise<void> {
    await this.#parts.memory.update(agreedAtKey, times);
    await this.#parts.memory.update(agreedKey, keys);
  }

  /** Where it was YOLO from the first start on, approval comes closest to what was wanted. */
  #before(): Mode | undefined {
    const kept = this.#parts.memory.get(beforeKey);
    if (kept === null) return undefined;
    return kept === 'plan' ? 'plan' : 'approval';
  }
}
