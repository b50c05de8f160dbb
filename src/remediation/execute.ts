/** Runs one kubectl command: no shell, an absolute path, a pinned cluster, a time limit and a bounded output. */
import { execa } from 'execa';
import { StringDecoder } from 'node:string_decoder';
import type { Readable } from 'node:stream';
import { redact } from '../domain/redaction.ts';
import { cleanedEnvironment } from '../cluster/environment.ts';
import { explainFailure, type Failure } from './failure.ts';
import { LineSplitter, plainLine } from './plain-text.ts';
import { RedactedLines } from './redacted-lines.ts';

/** What to run, and within which bounds. */
export interface ExecutionRequest {
  /** Absolute path of kubectl. */
  readonly kubectl: string;
  /** Absolute path of the kubeconfig that holds `context`. */
  readonly kubeconfig: string;
  readonly context: string;
  /** Where a command without a namespace of its own goes: the one that it was assessed for. */
  readonly namespace: string;
  /** The command as assessed and approved; argv[0] is `kubectl`. */
  readonly argv: readonly string[];
  /** What it reads from standard input; nothing where absent. */
  readonly input?: string;
  /** Cleaned before the process gets it; `process.env` where absent. */
  readonly env?: NodeJS.ProcessEnv;
  /** It prints values of Secrets: nothing of its output is passed on before all of it can be judged together. */
  readonly sensitive?: boolean;
  readonly timeoutMs: number;
  /** Aborting it ends the process. */
  readonly signal?: AbortSignal;
  /** How much output is kept; 65,536 where absent. More is passed to `onLine`, but not kept. */
  readonly maxOutputBytes?: number;
  /** How long a process that was told to end may take before it is killed; 3,000 where absent. */
  readonly killAfterMs?: number;
  /** Receives each line as it comes: plain and redacted. */
  readonly onLine?: (stream: 'stdout' | 'stderr', line: string) => void;
  /** Receives standard output piece by piece and to the letter, for what is read as data and redacted as such. */
  readonly onRawOutput?: (piece: string) => void;
}

/** How an execution went. */
export interface Execution {
  /** As the process ended; -1 where it never started or was ended by a signal. */
  readonly exitCode: number;
  readonly durationMs: number;
  /** Both streams in the order in which their lines came: plain, redacted, bounded. */
  readonly output: string;
  /** Whether output is missing from `output`. */
  readonly truncated: boolean;
  /** Set unless the command succeeded. */
  readonly failure?: Failure;
}

const defaultMaxOutputBytes = 64 * 1024;
const defaultKillAfterMs = 3000;
const maxLineLength = 4000;
/** How much of stderr the explanation of a failure looks at. */
const stderrTail = 8000;
/** How long a background child of kubectl may keep the output open after kubectl itself has ended. */
const lingerMs = 500;
const ownGroup = process.platform !== 'win32';

/**
 * Runs the command. Kubeconfig, context and namespace are pinned right after the path of kubectl, before any word of the
 * command; a namespace that the command names itself comes later, and the last one counts (kubectl's own rule). Cancel and timeout end the whole process group: SIGTERM first, SIGKILL where that is not heeded.
 * Never throws for what the process does: how it went is in the result.
 */
export async function execute(request: ExecutionRequest): Promise<Execution> {
  const started = performance.now();
  const durationMs = () => Math.round(performance.now() - started);
  if (request.signal?.aborted) {
    return { exitCode: -1, durationMs: 0, output: '', truncated: false, failure: cancelled(false) };
  }

  const output = new Output(
    request.maxOutputBytes ?? defaultMaxOutputBytes,
    request.sensitive === true,
    request.onLine,
  );
  const subprocess = execa(
    request.kubectl,
    [
      ...['--kubeconfig', request.kubeconfig, '--context', request.context],
      ...['--namespace', request.namespace],
      ...request.argv.slice(1),
    ],
    {
      env: cleanedEnvironment(request.env ?? process.env),
      extendEnv: false,
      ...(request.input === undefined ? { stdin: 'ignore' as const } : { input: request.input }),
      buffer: false,
      reject: false,
      // A group of its own, so that credential plugins end with it.
      detached: ownGroup,
    },
  );

  let ended: 'cancelled' | 'timeout' | undefined;
  let exited = false;
  let killTimer: NodeJS.Timeout | undefined;
  const end = (why: 'cancelled' | 'timeout') => {
    if (ended !== undefined) return;
    // Once it has ended by itself, its exit code counts; what it left behind is ended all the same.
    if (!exited) ended = why;
    endGroup(subprocess.pid, 'SIGTERM');
    if (exited) return;
    killTimer = setTimeout(
      () => endGroup(subprocess.pid, 'SIGKILL'),
      request.killAfterMs ?? defaultKillAfterMs,
    );
  };
  const onAbort = () => end('cancelled');
  const onHostExit = () => endGroup(subprocess.pid, 'SIGTERM');
  const timeout = setTimeout(() => end('timeout'), request.timeoutMs);
  request.signal?.addEventListener('abort', onAbort, { once: true });
  process.once('exit', onHostExit);

  let lingerTimer: NodeJS.Timeout | undefined;
  subprocess.nodeChildProcess.once('exit', () => {
    exited = true;
    // A child that outlives a cancelled kubectl goes with it.
    if (ended !== undefined) endGroup(subprocess.pid, 'SIGKILL');
    lingerTimer = setTimeout(() => {
      onceQuiet(
        () => output.received,
        () => {
          subprocess.stdout.destroy();
          subprocess.stderr.destroy();
        },
      );
    }, lingerMs);
  });

  try {
    const [result] = await Promise.all([
      subprocess,
      output.read('stdout', subprocess.stdout, request.onRawOutput),
      output.read('stderr', subprocess.stderr),
    ]);
    const exitCode = result.exitCode ?? -1;
    const failure =
      ended === 'cancelled'
        ? cancelled(true)
        : ended === 'timeout'
          ? timedOut(request.timeoutMs)
          : result.exitCode === undefined && result.signal === undefined
            ? notStarted(request.kubectl, result.code)
            : exitCode === 0
              ? undefined
              : explainFailure(exitCode, output.stderr);
    return {
      exitCode: ended === undefined ? exitCode : -1,
      durationMs: durationMs(),
      output: redact(output.text),
      truncated: output.truncated,
      ...(failure === undefined ? {} : { failure }),
    };
  } finally {
    clearTimeout(timeout);
    clearTimeout(killTimer);
    clearTimeout(lingerTimer);
    request.signal?.removeEventListener('abort', onAbort);
    process.removeListener('exit', onHostExit);
  }
}

/** Looks for what has come, at most: more than what fits into two pipes takes. */
const mostLooks = 100;

/**
 * Calls `then` once a whole look of the event loop for input has found none. A host that was busy for long has its timers
 * called before it reads what kubectl wrote meanwhile.
 */
function onceQuiet(received: () => number, then: () => void, looks = mostLooks): void {
  const before = received();
  // The first one may still come before the look, the second one comes after it.
  setImmediate(() =>
    setImmediate(() => {
      if (received() === before || looks === 0) then();
      else onceQuiet(received, then, looks - 1);
    }),
  );
}

/** Collects both streams as plain, redacted lines, and keeps as many of them as the bound allows. */
class Output {
  text = '';
  stderr = '';
  truncated = false;
  /** Pieces that have come. */
  received = 0;
  private bytes = 0;
  private readonly maxBytes: number;
  private readonly together: boolean;
  private readonly onLine: ExecutionRequest['onLine'];

  constructor(maxBytes: number, together: boolean, onLine: ExecutionRequest['onLine']) {
    this.maxBytes = maxBytes;
    this.together = together;
    this.onLine = onLine;
  }

  /** Reads a stream to its end; one that breaks off counts as ended. */
  async read(name: 'stdout' | 'stderr', stream: Readable, onRaw?: (piece: string) => void): Promise<void> {
    const decoder = new StringDecoder('utf8');
    const redacted = new RedactedLines((line) => this.add(name, line), this.together);
    const lines = new LineSplitter((line) => redacted.push(plainLine(line)), maxLineLength);
    stream.on('data', (chunk: Buffer) => {
      this.received++;
      const piece = decoder.write(chunk);
      onRaw?.(piece);
      lines.push(piece);
    });
    await new Promise<void>((resolve) => {
      stream.once('close', resolve);
      stream.once('error', () => resolve());
    });
    lines.push(decoder.end());
    lines.end();
    redacted.end();
  }

  private add(name: 'stdout' | 'stderr', line: string): void {
    this.onLine?.(name, line);
    if (name === 'stderr') this.stderr = `${this.stderr}${line}\n`.slice(-stderrTail);
    const size = Buffer.byteLength(line) + 1;
    if (this.truncated || this.bytes + size > this.maxBytes) {
      this.truncated = true;
      return;
    }
    this.bytes += size;
    this.text += `${line}\n`;
  }
}

/** Signals the process and all it started; one that is gone already needs nothing. */
function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(ownGroup ? -pid : pid, signal);
  } catch {
    // It ended in between.
  }
}

function cancelled(hadStarted: boolean): Failure {
  return {
    kind: 'cancelled',
    message: hadStarted
      ? 'Cancelled while the command was running; it may have taken effect'
      : 'Cancelled before the command started',
    next: hadStarted ? 'Verify the state of the object.' : 'Nothing was changed.',
    ...(hadStarted ? {} : { nothingDone: true }),
  };
}

function timedOut(timeoutMs: number): Failure {
  return {
    kind: 'timeout',
    message: `kubectl did not end within ${timeoutMs / 1000} s and was stopped; the command may have taken effect`,
    next: 'Verify the state of the object before retrying.',
  };
}

function notStarted(kubectl: string, code: string | undefined): Failure {
  return {
    kind: 'failed',
    message: `${kubectl} could not be started${code === undefined ? '' : ` (${code})`}`,
    next: 'Check "oncall.kubernetes.kubectlPath" and that the file may be executed.',
    nothingDone: true,
  };
}
