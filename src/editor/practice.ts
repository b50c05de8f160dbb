/** Runs the practice process: stand-ins for PagerDuty and a cluster on this machine, in a process of their own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import * as z from 'zod/mini';
import type { PracticeConnection } from './connection.ts';
import { OncallError } from '../domain/error.ts';
import { plain } from './text.ts';

/** The rehearsals there are. */
export const scenarios = [
  {
    name: 'crashloop',
    label: 'Crash loop',
    about: 'A rollout set a wrong value; the pods restart again and again',
  },
  {
    name: 'image-pull',
    label: 'Image cannot be pulled',
    about: 'A rollout names an image tag that does not exist',
  },
  {
    name: 'oom-kill',
    label: 'Out of memory',
    about: 'The memory limit is too small; the container is killed',
  },
  {
    name: 'bad-rollout',
    label: 'Stuck rollout',
    about: 'A rollout does not get ready; half the replicas are old',
  },
  {
    name: 'service-down',
    label: 'Service without endpoints',
    about: 'The selector of a Service matches no pod',
  },
] as const;
export type Scenario = (typeof scenarios)[number]['name'];

/** A scenario by its name, or undefined where there is none of that name. */
export function scenarioNamed(name: string): Scenario | undefined {
  return scenarios.find((scenario) => scenario.name === name)?.name;
}

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

/**
 * Reads the one line with which the process says that it is ready; undefined for any other line.
 * @throws z.core.$ZodError where the line says so and names something else than this machine
 */
export function readReady(line: string): PracticeConnection | undefined {
  let said: unknown;
  try {
    said = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof said !== 'object' || said === null || !('ready' in said)) return undefined;
  const { pagerduty, kubernetes } = readySchema.parse(said);
  return { pagerduty, kubernetes };
}

/** Why a scenario that was asked for could not be played; undefined for any other line. */
export function readFailure(line: string): string | undefined {
  try {
    const said = z.object({ failed: z.string(), message: z.string() }).safeParse(JSON.parse(line));
    return said.success ? plain(`${said.data.failed}: ${said.data.message}`) : undefined;
  } catch {
    return undefined;
  }
}

export interface PracticeParts {
  /** Absolute path of the practice bundle. */
  readonly script: string;
  readonly log: (message: string) => void;
  /** Told when a scenario could not be played. */
  readonly onFailed: (reason: string) => void;
  /** Told when the process has ended without having been asked to. */
  readonly onLost: (reason: string) => void;
}

/** One practice process. It ends with its input, so it never outlives the extension host. */
export class PracticeProcess {
  readonly #parts: PracticeParts;
  #child: ChildProcess | undefined;

  constructor(parts: PracticeParts) {
    this.#parts = parts;
  }

  get running(): boolean {
    return this.#child !== undefined;
  }

  /**
   * Starts the process and waits until it is ready.
   * @throws OncallError `cancelled`, or an Error that says how the process ended
   */
  async start(scenario: Scenario, signal: AbortSignal): Promise<PracticeConnection> {
    const child = spawn(process.execPath, [this.#parts.script, '--scenario', scenario], {
      // In the desktop editor the executable is Electron; this makes it Node.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    this.#child = child;
    const last: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => {
      last.push(plain(line, 300));
      last.splice(0, last.length - 5);
      this.#parts.log(`practice: ${line}`);
    });
    // A process that has gone takes no more input; its end is reported by `exit`.
    child.stdin.on('error', () => undefined);
    const { promise, resolve, reject } = Promise.withResolvers<PracticeConnection>();
    const onAbort = () => {
      reject(new OncallError('cancelled', 'Practice was cancelled', 'Start it again when you are ready.'));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    let ready = false;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const failure = readFailure(line);
      if (failure !== undefined) this.#parts.onFailed(failure);
      try {
        const connection = ready ? undefined : readReady(line);
        if (connection === undefined) return;
        ready = true;
        resolve(connection);
      } catch (error) {
        reject(error);
      }
    });
    const ended = (how: string) => {
      const reason = `Practice has ended (${how})${last.length === 0 ? '' : `: ${last.join(' / ')}`}`;
      const wanted = this.#child !== child;
      if (!wanted) this.#child = undefined;
      reject(new Error(reason));
      if (ready && !wanted) this.#parts.onLost(reason);
    };
    child.once('error', (error) => {
      ended(error.message);
    });
    child.once('exit', (code, by) => {
      ended(code === null ? `signal ${by ?? 'unknown'}` : `exit code ${code}`);
    });
    try {
      return await promise;
    } catch (error) {
      this.stop();
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Plays another scenario in the process that runs. */
  play(scenario: Scenario): void {
    this.#child?.stdin?.write(`${JSON.stringify({ play: scenario })}\n`);
  }

  /** Ends the process: by closing its input, and for good after three seconds. */
  stop(): void {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return;
    child.stdin?.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
    child.once('exit', () => clearTimeout(timer));
    timer.unref();
  }
}
