/** Runs the practice bundle in a process of its own, which answers in JSON lines and ends with its input. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { plain } from './text.ts';

export interface BundleParts {
  /** Absolute path of the practice bundle. */
  readonly script: string;
  readonly log: (message: string) => void;
  /** A line of its output. */
  readonly onLine: (line: string) => void;
  /** Told once how it ended: `exit code 1: what it last complained of`. */
  readonly onEnd: (how: string, exitCode: number | null) => void;
}

export class PracticeBundle {
  readonly #child: ChildProcess;

  constructor(args: readonly string[], parts: BundleParts) {
    const child = spawn(process.execPath, [parts.script, ...args], {
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
      parts.log(`practice: ${line}`);
    });
    // A process that has gone takes no more input; its end is reported by `close`.
    child.stdin.on('error', () => undefined);
    createInterface({ input: child.stdout }).on('line', parts.onLine);
    const ended = (how: string, code: number | null) =>
      parts.onEnd(`${how}${last.length === 0 ? '' : `: ${last.join(' / ')}`}`, code);
    let over = false;
    child.once('error', (error) => {
      if (!over) ended(error.message, null);
      over = true;
    });
    child.once('close', (code, by) => {
      if (!over) ended(code === null ? `signal ${by ?? 'unknown'}` : `exit code ${code}`, code);
      over = true;
    });
  }

  /** Writes a line to its input. */
  say(line: object): void {
    this.#child.stdin?.write(`${JSON.stringify(line)}\n`);
  }

  /** Ends the process: by closing its input, and for good after three seconds. */
  stop(): void {
    this.#child.stdin?.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 3000);
    this.#child.once('exit', () => clearTimeout(timer));
    timer.unref();
  }
}

/** A line of JSON, or undefined for anything else. */
export function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
