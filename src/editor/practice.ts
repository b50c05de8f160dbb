/** Runs the practice process: stand-ins for PagerDuty and a cluster on this machine, in a process of their own. */
import * as z from 'zod/mini';
import { OncallError } from '../domain/error.ts';
import type { Lesson } from '../journal/debrief.ts';
import type { PracticeConnection } from './connection.ts';
import { jsonOf, PracticeBundle } from './practiceBundle.ts';
import { plain } from './text.ts';

const offersSchema = z.object({
  scenarios: z.array(
    z.object({
      number: z.number(),
      name: z.string(),
      title: z.string(),
      difficulty: z.enum(['easy', 'medium', 'hard']),
    }),
  ),
});
/** A scenario as somebody sees it who is to find out its cause. */
export type Offer = z.infer<typeof offersSchema>['scenarios'][number];

const loopbackAddress = z.string().check(
  z.refine((text) => {
    const url = URL.parse(text);
    return url !== null && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  }, 'must be an address of this machine'),
);
const readySchema = z.object({
  ready: z.literal(true),
  pagerduty: z.object({ baseUrl: loopbackAddress, token: z.string().check(z.minLength(1)) }),
  kubernetes: z.object({
    kubeconfig: z.string().check(z.minLength(1)),
    context: z.string().check(z.minLength(1)),
  }),
});
const saidSchema = z.union([
  z.object({ failed: z.string(), message: z.string() }),
  z.object({ ended: z.object({ incidentId: z.string(), incidentTitle: z.string() }) }),
  z.object({
    debrief: z.array(
      z.object({
        incidentId: z.string(),
        incidentTitle: z.string(),
        firedAt: z.string(),
        endedAt: z.optional(z.string()),
        title: z.string(),
        teaches: z.string(),
        rootCause: z.object({ kind: z.string(), name: z.string(), findings: z.array(z.string()) }),
        fixes: z.array(z.object({ says: z.string(), command: z.optional(z.string()) })),
      }),
    ),
  }),
]);

/**
 * Reads the one line with which the process says that it is ready; undefined for any other line.
 * @throws z.core.$ZodError where the line says so and names something else than this machine
 */
export function readReady(line: string): PracticeConnection | undefined {
  const said = jsonOf(line);
  if (typeof said !== 'object' || said === null || !('ready' in said)) return undefined;
  const { pagerduty, kubernetes } = readySchema.parse(said);
  return { pagerduty, kubernetes };
}

export interface PracticeParts {
  /** Absolute path of the practice bundle. */
  readonly script: string;
  readonly log: (message: string) => void;
  /** Told when a scenario could not be played. */
  readonly onFailed: (reason: string) => void;
  /** Told when the trouble behind an incident is over. */
  readonly onEnded: (incident: { readonly incidentId: string; readonly incidentTitle: string }) => void;
  /** Told when the process has ended without having been asked to. */
  readonly onLost: (reason: string) => void;
}

/** Milliseconds in which the process must tell the truth about its incidents. */
const answerWithin = 3000;

/** One practice process. It ends with its input, so it never outlives the extension host. */
export class PracticeProcess {
  readonly #parts: PracticeParts;
  #process: PracticeBundle | undefined;
  #told: ((lessons: Lesson[]) => void) | undefined;

  constructor(parts: PracticeParts) {
    this.#parts = parts;
  }

  get running(): boolean {
    return this.#process !== undefined;
  }

  /** Everything there is to rehearse, the easy ones first. */
  async offers(): Promise<readonly Offer[]> {
    const { script, log } = this.#parts;
    return new Promise((resolve, reject) => {
      let offers: readonly Offer[] | undefined;
      new PracticeBundle(['list'], {
        script,
        log,
        onLine: (line) => {
          const said = offersSchema.safeParse(jsonOf(line));
          if (said.success) offers = said.data.scenarios;
        },
        onEnd: (how) => {
          if (offers === undefined) reject(new Error(`Practice has ended (${how})`));
          else resolve(offers);
        },
      });
    });
  }

  /**
   * Starts the process and waits until it is ready.
   * @param what a scenario's name, `random` or `game-day`
   * @throws OncallError `cancelled`, or an Error that says how the process ended
   */
  async start(what: string, signal: AbortSignal): Promise<PracticeConnection> {
    const { promise, resolve, reject } = Promise.withResolvers<PracticeConnection>();
    let ready = false;
    const process: PracticeBundle = new PracticeBundle(['--scenario', what, '--end-alarms'], {
      script: this.#parts.script,
      log: this.#parts.log,
      onLine: (line) => {
        this.#hear(line);
        try {
          const connection = ready ? undefined : readReady(line);
          if (connection === undefined) return;
          ready = true;
          resolve(connection);
        } catch (error) {
          reject(error);
        }
      },
      onEnd: (how) => {
        const reason = `Practice has ended (${how})`;
        const wanted = this.#process !== process;
        if (!wanted) this.#process = undefined;
        reject(new Error(reason));
        if (ready && !wanted) this.#parts.onLost(reason);
      },
    });
    this.#process = process;
    const onAbort = () => {
      reject(new OncallError('cancelled', 'Practice was cancelled', 'Start it again when you are ready.'));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await promise;
    } catch (error) {
      this.stop();
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Raises something else in the process that runs. */
  play(what: string): void {
    this.#process?.say({ play: what });
  }

  /**
   * The truth about the incidents that are over, or about all of them; none where the process does not answer.
   */
  lessons(which: 'ended' | 'all'): Promise<readonly Lesson[]> {
    if (this.#process === undefined) return Promise.resolve([]);
    const { promise, resolve } = Promise.withResolvers<readonly Lesson[]>();
    const timer = setTimeout(() => resolve([]), answerWithin);
    this.#told = (lessons) => {
      clearTimeout(timer);
      resolve(lessons);
    };
    this.#process.say({ debrief: which });
    return promise;
  }

  /** Ends the process. */
  stop(): void {
    const process = this.#process;
    this.#process = undefined;
    process?.stop();
  }

  #hear(line: string): void {
    const said = saidSchema.safeParse(jsonOf(line));
    if (!said.success) return;
    if ('debrief' in said.data) this.#told?.(said.data.debrief);
    else if ('ended' in said.data) this.#parts.onEnded(said.data.ended);
    else this.#parts.onFailed(plain(`${said.data.failed}: ${said.data.message}`));
  }
}
