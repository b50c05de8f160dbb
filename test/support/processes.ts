/** Processes that tests and `npm start` run: each in a session of its own, stopped by the id it was started with. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** A process that runs until it is stopped. */
export interface Daemon {
  readonly name: string;
  readonly pid: number;
  /** The file that holds what it printed. */
  readonly log: string;
  /** Set once it is gone. */
  readonly exit: { readonly code: number | null } | undefined;
  /** Resolves once it is gone. */
  readonly ended: Promise<void>;
  /** Asks it and its children to end, and makes them end after `graceMs` (5,000). */
  stop(graceMs?: number): Promise<void>;
}

export interface DaemonOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** File for stdout and stderr. */
  readonly log: string;
}

const cleanups = new Set<() => void>();

/**
 * Registers what must be undone should this process end before it is undone in the ordinary way.
 * @param cleanup synchronous
 * @returns takes the registration back
 */
export function whenProcessEnds(cleanup: () => void): () => void {
  if (cleanups.size === 0) {
    process.once('exit', () => {
      for (const each of [...cleanups].reverse()) each();
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      // Where somebody listens already (mocha does), an orderly end is theirs.
      if (process.listenerCount(signal) === 0) process.once(signal, () => process.exit(130));
    }
  }
  cleanups.add(cleanup);
  return () => void cleanups.delete(cleanup);
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Starts a daemon in a session of its own, so that a signal to this process's group does not reach it. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const file = openSync(options.log, 'a');
  const child: ChildProcess = spawn(options.command, options.args, {
    detached: true,
    stdio: ['ignore', file, file],
    env: options.env ?? process.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  closeSync(file);
  await once(child, 'spawn');
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${options.name} has no process id`);
  let exit: { code: number | null } | undefined;
  const ended = once(child, 'exit').then(([code]) => {
    exit = { code: code as number | null };
  });
  const forget = whenProcessEnds(() => signalGroup(pid, 'SIGKILL'));
  return {
    name: options.name,
    pid,
    log: options.log,
    ended,
    get exit() {
      return exit;
    },
    async stop(graceMs = 5000) {
      signalGroup(pid, 'SIGTERM');
      const timer = new AbortController();
      await Promise.race([ended, pause(graceMs, undefined, { signal: timer.signal }).catch(() => undefined)]);
      timer.abort();
      signalGroup(pid, 'SIGKILL');
      await ended;
      forget();
    },
  };
}

/** The last lines of a log, for error messages. */
export function tail(file: string, lines = 15): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}

/** What a command left. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** After this long it is killed and the call throws. */
  readonly timeoutMs: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly input?: string;
  /** Lets the command write to this process's own stdout and stderr. */
  readonly show?: boolean;
}

/** Runs a command to its end, whatever its exit code. It and its children end with this process. */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<Finished> {
  const show = options.show === true;
  const child = spawn(command, args, {
    detached: true,
    env: options.env ?? process.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: ['pipe', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input ?? '');
  const end = (signal: NodeJS.Signals) => {
    if (child.pid !== undefined) signalGroup(child.pid, signal);
  };
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    end('SIGTERM');
    setTimeout(() => end('SIGKILL'), 5000).unref();
  }, options.timeoutMs);
  const forget = whenProcessEnds(() => end('SIGTERM'));
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    if (late) {
      const said = (stdout + stderr).slice(-8000);
      throw new Error(
        `${command} ${args.join(' ')} did not end within ${options.timeoutMs / 1000} s${said && `:\n${said}`}`,
      );
    }
    return { code, stdout, stderr };
  } finally {
    clearTimeout(timer);
    forget();
  }
}

/** Runs a command that must succeed, and returns what it printed. */
export async function mustRun(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, options);
  if (code !== 0) {
    throw new Error(
      `${command} ${args.join(' ')} ended with ${String(code)}: ${(stderr || stdout).trim().slice(-2000)}`,
    );
  }
  return stdout;
}

/**
 * Waits until `probe` answers with something other than undefined.
 * @param what for the error: `the API server answers`
 * @param until a daemon whose end makes waiting pointless
 * @param log what to quote from, when it is not the daemon's own log
 */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
  {
    timeoutMs,
    everyMs = 100,
    until,
    log = until?.log,
  }: { timeoutMs: number; everyMs?: number; until?: Daemon; log?: string },
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  const quote = () => (log === undefined || !existsSync(log) ? '' : `:\n${tail(log)}`);
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (until?.exit) {
      throw new Error(`${until.name} ended (${String(until.exit.code)}) before ${what}${quote()}`);
    }
    if (Date.now() > deadline) {
      throw new Error(`${timeoutMs / 1000} s passed and it is not so that ${what}${quote()}`);
    }
    await pause(everyMs);
  }
}
