/** Sends a call to an MCP server until it was taken, and words how it went as kubectl's executions are. */
import type { Cluster } from '../../cluster/cluster.ts';
import { describeRef } from '../../domain/kubernetes.ts';
import { redact } from '../../domain/redaction.ts';
import { TimeLimit } from '../../domain/time-limit.ts';
import type { Execution, ExecutionRequest } from '../execute.ts';
import { explainFailure, type Failure } from '../failure.ts';
import { plainLine } from '../plain-text.ts';
import { RedactedLines } from '../redacted-lines.ts';
import type { PreparedCall } from './carry.ts';

const defaultMaxOutputBytes = 64 * 1024;
const maxLineLength = 4000;
/** JSON-RPC: the server knows no such method, or does not take the call. Nothing was done then. */
const notTaken = new Set([-32601, -32602]);
/** What client-go says where the API server refused an update of an object that is newer than what was read. */
const overtaken = 'Operation cannot be fulfilled on';
/** As often as client-go tries in such a case (retry.DefaultRetry). */
const mostTries = 5;

/** Sends the call and waits for what the command would wait for. */
export async function sendCall(
  call: PreparedCall,
  request: ExecutionRequest,
  cluster: Cluster,
): Promise<Execution> {
  const started = performance.now();
  const kept = new KeptLines(request);
  const ended = (exitCode: number, failure?: Failure): Execution => ({
    exitCode,
    durationMs: Math.round(performance.now() - started),
    output: redact(kept.text),
    truncated: kept.truncated,
    ...(failure === undefined ? {} : { failure }),
  });
  try {
    request.signal?.throwIfAborted();
  } catch {
    return ended(-1, {
      kind: 'cancelled',
      message: 'Cancelled before the call was sent',
      next: 'Nothing was changed.',
      nothingDone: true,
    });
  }
  const limit = new TimeLimit(request.timeoutMs, request.signal);
  const { signal } = limit;
  try {
    // The limit above is the one that counts; the SDK's own must not come before it.
    const send = (what: PreparedCall['arguments']) =>
      call.session.call(call.tool, what, signal, 2 * request.timeoutMs);
    let answer = await send(call.arguments);
    for (let tries = 1; tries < mostTries && answer.isError && answer.text.includes(overtaken); tries++) {
      const again = await call.again?.(signal);
      if (again === undefined) break;
      answer = await send(again);
    }
    if (answer.isError) {
      kept.add('stderr', answer.text);
      return ended(1, explainFailure(1, inKubectlsWords(kept.text)));
    }
    kept.add('stdout', call.reads ? answer.text : `${call.tool}: done`);
    if (call.untilGone !== undefined && !(await isGone(call.untilGone, cluster, signal)))
      return ended(-1, brokenOff(call, request, limit, undefined));
    return ended(0);
  } catch (error) {
    if (!signal.aborted && notTaken.has((error as { code?: number }).code ?? 0)) {
      const said = plainly(error);
      kept.add('stderr', said);
      return ended(1, {
        kind: 'refused',
        message: `The MCP server did not take the call of ${call.tool}: ${said}`,
        next: 'Nothing was changed. Set "oncall.kubernetes.transport" to kubectl, then retry the step.',
        nothingDone: true,
      });
    }
    return ended(-1, brokenOff(call, request, limit, error));
  } finally {
    limit.end();
  }
}

/** The answer did not come, or what was asked for was not over in time. */
function brokenOff(
  call: PreparedCall,
  { signal, timeoutMs }: ExecutionRequest,
  limit: TimeLimit,
  error: unknown,
): Failure {
  const what = `the MCP server's tool ${call.tool}`;
  const effect = call.reads ? 'nothing was changed' : 'it may have taken effect';
  const next = call.reads
    ? 'Retry the step, or set "oncall.kubernetes.transport" to kubectl.'
    : 'Verify the state of the object before retrying. The step is not run again by itself.';
  if (signal?.aborted)
    return { kind: 'cancelled', message: `Cancelled while ${what} was running; ${effect}`, next };
  if (limit.reached) {
    const still = call.untilGone !== undefined && error === undefined;
    const message = still
      ? `${describeRef(call.untilGone.ref)} was still there after ${timeoutMs / 1000} s`
      : `There was no answer from ${what} within ${timeoutMs / 1000} s; ${effect}`;
    return { kind: 'timeout', message, next };
  }
  const said = call.session.said() || plainly(error);
  return {
    kind: 'failed',
    message: `The MCP server broke off while ${what} was running (${said}); ${effect}`,
    next,
  };
}

/** Whether the object that was deleted is gone. Where that cannot be watched, the verification tells. */
async function isGone(
  { ref, uid }: NonNullable<PreparedCall['untilGone']>,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<boolean> {
  const gone = new AbortController();
  const selection = {
    fieldSelector: `metadata.name=${ref.name}`,
    ...(ref.namespace === undefined ? {} : { namespace: ref.namespace }),
  };
  try {
    await cluster.watch(
      ref.kind,
      selection,
      (objects) => {
        if (!objects.some(({ metadata }) => metadata.name === ref.name && metadata.uid === uid)) gone.abort();
      },
      AbortSignal.any([signal, gone.signal]),
    );
  } catch {
    return !signal.aborted;
  }
  return gone.signal.aborted;
}

/** client-go words a conflict without the reason that kubectl puts in front. */
function inKubectlsWords(text: string): string {
  return text.includes(overtaken) ? `Error from server (Conflict): ${text}` : text;
}

/** What an error of a server says: plain, redacted and bounded. */
export function plainly(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  return redact(plainLine(said)).slice(0, 300);
}

/** Hands the lines of an answer on, plain and redacted, and keeps as many as the bound allows. */
class KeptLines {
  text = '';
  truncated = false;
  private bytes = 0;
  private readonly request: ExecutionRequest;

  constructor(request: ExecutionRequest) {
    this.request = request;
  }

  add(stream: 'stdout' | 'stderr', text: string): void {
    const { sensitive, onLine, maxOutputBytes = defaultMaxOutputBytes } = this.request;
    const redacted = new RedactedLines((line) => {
      onLine?.(stream, line);
      const size = Buffer.byteLength(line) + 1;
      if (this.truncated || this.bytes + size > maxOutputBytes) {
        this.truncated = true;
        return;
      }
      this.bytes += size;
      this.text += `${line}\n`;
    }, sensitive === true);
    for (const line of text.replace(/\n$/, '').split('\n'))
      redacted.push(plainLine(line.slice(0, maxLineLength)));
    redacted.end();
  }
}
