/**
 * Carries a command out through the transport that is asked for: kubectl, or a tool of the MCP server where one does
 * exactly the same. As long as nothing was sent, kubectl takes over; once a call may have had an effect, nothing is run again.
 */
import type { Cluster } from '../../cluster/cluster.ts';
import { explain, isOncallError } from '../../domain/error.ts';
import type { ObjectRef } from '../../domain/kubernetes.ts';
import { TimeLimit } from '../../domain/time-limit.ts';
import type { Carried } from '../../domain/transport.ts';
import { execute, type Execution, type ExecutionRequest } from '../execute.ts';
import { plainly, sendCall } from './send.ts';
import type { McpSession, TransportSettings } from './session.ts';
import { toolCallFor, type ToolCall } from './tool-calls.ts';

/** What is needed beside the command itself. */
export interface Carrying {
  readonly settings: TransportSettings;
  readonly cluster: Cluster;
  /** Called once, before the deed: it does not begin before this resolves. */
  announce(carried: Carried): Promise<void>;
  /** How long a server may take until it is ready; 20,000 where absent. */
  readonly readyWithinMs?: number;
}

/** A call that has everything it needs. */
export interface PreparedCall {
  readonly session: McpSession;
  readonly tool: ToolCall['tool'];
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly reads: boolean;
  /**
   * What to send where the API server refused because somebody wrote to the object in between; absent where such a refusal
   * stands. kubectl patches by name without a resource version and is never in that case
   * (https://github.com/kubernetes/kubectl/blob/master/pkg/scale/scale.go).
   */
  readonly again?: (signal: AbortSignal) => Promise<Readonly<Record<string, unknown>> | undefined>;
  /** What is waited for after the call. */
  readonly untilGone?: { readonly ref: ObjectRef; readonly uid: string };
}

const defaultReadyWithinMs = 20_000;

/** Runs the command once. Never throws for what kubectl, the server or the cluster does; only for what `announce` throws. */
export async function carry(request: ExecutionRequest, carrying: Carrying): Promise<Execution> {
  const { settings, announce } = carrying;
  if (!wantsServer(settings)) {
    await announce({ transport: 'kubectl' });
    return execute(request);
  }
  const prepared = await prepare(request, carrying);
  if (typeof prepared === 'string') {
    await announce({ transport: 'kubectl', fallback: prepared });
    return execute(request);
  }
  try {
    await announce({ transport: 'mcp', tool: prepared.tool });
    return await sendCall(prepared, request, carrying.cluster);
  } finally {
    await closed(prepared.session);
  }
}

/** `auto` takes the server where somebody has said where it is. */
export function wantsServer({ choice, mcp }: TransportSettings): boolean {
  return choice === 'mcp' || (choice === 'auto' && (mcp.serverPath !== undefined || mcp.host !== undefined));
}

/** Everything up to the call itself, which changes nothing; or why kubectl has to do it. */
async function prepare(request: ExecutionRequest, carrying: Carrying): Promise<PreparedCall | string> {
  const call = toolCallFor(request.argv, request.namespace);
  if (call === undefined) return 'no tool of it does exactly this';
  const { kubectl, kubeconfig, context, env = process.env } = request;
  const limit = new TimeLimit(carrying.readyWithinMs ?? defaultReadyWithinMs, request.signal);
  const { signal } = limit;
  let session: McpSession | undefined;
  try {
    const { openMcp } = await import('./mcp.ts');
    session = await openMcp(carrying.settings.mcp, { kubectl, kubeconfig, context, env }, signal);
    const prepared = await prepareCall(session, call, carrying.cluster, signal);
    if (typeof prepared === 'string') await closed(session);
    return prepared;
  } catch (error) {
    if (session !== undefined) await closed(session);
    const why = isOncallError(error) ? explain(error) : plainly(error);
    return limit.reached ? `it was not ready in time: ${why}` : why;
  } finally {
    limit.end();
  }
}

async function prepareCall(
  session: McpSession,
  call: ToolCall,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<PreparedCall | string> {
  const { tool } = call;
  if (!session.tools.has(tool)) return `${session.server} does not offer the tool ${tool}`;
  if (!session.pinned) {
    const doubt = await otherCluster(session, cluster, signal);
    if (doubt !== undefined) return doubt;
  }
  if (call.tool === 'resources_create_or_update') {
    const object = await cluster.get(call.target, signal);
    if (object === undefined) return 'the object is not there';
    const made = call.change(object, new Date());
    if (!made.ok) return `no tool of it does exactly this here: ${made.why}`;
    const again: PreparedCall['again'] = async (signal) => {
      const now = await cluster.get(call.target, signal).catch(() => undefined);
      if (now === undefined || now.metadata.uid !== object.metadata.uid) return undefined;
      const anew = call.change(now, new Date());
      return anew.ok ? applied(anew.part) : undefined;
    };
    return { session, tool, arguments: applied(made.part), reads: false, again };
  }
  const ref = call.untilGone;
  const uid = ref === undefined ? undefined : (await cluster.metadata(ref, signal))?.uid;
  return {
    session,
    tool,
    arguments: call.arguments,
    reads: call.reads,
    // The tool reads the object and puts it back.
    ...(tool === 'resources_scale' ? { again: () => Promise.resolve(call.arguments) } : {}),
    ...(ref === undefined || uid === undefined ? {} : { untilGone: { ref, uid } }),
  };
}

function applied(part: object) {
  return { resource: JSON.stringify(part) };
}

/**
 * Why it is not sure that a server which somebody else started reaches the pinned cluster. The uid of the namespace
 * kube-system tells clusters apart (https://github.com/kubernetes/kubernetes/issues/77487): it never changes.
 */
export async function otherCluster(
  session: McpSession,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<string | undefined> {
  const ref = { kind: 'Namespace', name: 'kube-system' };
  const ours = (await cluster.metadata(ref, signal).catch(() => undefined))?.uid;
  const answer = session.tools.has('resources_get')
    ? await session.call('resources_get', { apiVersion: 'v1', ...ref }, signal, defaultReadyWithinMs)
    : undefined;
  const theirs = answer?.isError === false ? /^ {2}uid: "?([\w-]+)"?$/m.exec(answer.text)?.[1] : undefined;
  if (ours === undefined || theirs === undefined)
    return `it cannot be told whether the server at ${session.server} reaches the pinned cluster: the namespace kube-system cannot be read ${ours === undefined ? 'in the pinned context' : 'through it'}`;
  return ours === theirs
    ? undefined
    : `the server at ${session.server} reaches another cluster than the pinned context`;
}

/** That a server does not end well must not hide how the step went. */
async function closed(session: McpSession): Promise<void> {
  try {
    await session.close();
  } catch {
    // Its process is killed where it does not end; there is nothing else of it.
  }
}
