/** Opens a session with a Kubernetes MCP server. A part of its own: the MCP SDK is loaded with it. */
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { OncallError } from '../../domain/error.ts';
import { redact } from '../../domain/redaction.ts';
import { within } from '../../domain/time-limit.ts';
import { orAbort } from '../or-abort.ts';
import { plainLine } from '../plain-text.ts';
import { mcpAddress } from './address.ts';
import { McpClient } from './client.ts';
import { findMcpServer } from './find-server.ts';
import { HttpServer } from './http-server.ts';
import { writeOneContext, type PinnedContext } from './one-context.ts';
import { ServerProcess } from './server-process.ts';
import type { McpAnswer, McpServerSettings, McpSession } from './session.ts';

/** How long a server may take to take leave. */
const farewellMs = 1000;

/**
 * Starts the server, or reaches the one at `host`, and asks for its tools. Changes nothing.
 * A server that is started here gets a kubeconfig with the pinned context alone, and lives as long as the session.
 * @param signal ends the attempt
 * @throws OncallError `mcp-unavailable`
 */
export async function openMcp(
  settings: McpServerSettings,
  pinned: PinnedContext,
  signal: AbortSignal,
): Promise<McpSession> {
  return settings.serverPath === undefined && settings.host !== undefined
    ? reach(settings.host, settings.port, signal)
    : startServer(settings.serverPath, pinned, signal);
}

async function startServer(
  serverPath: string | undefined,
  pinned: PinnedContext,
  signal: AbortSignal,
): Promise<McpSession> {
  const program = await findMcpServer(serverPath, pinned.env);
  const kubeconfig = await writeOneContext(pinned, signal);
  const process = new ServerProcess(
    program,
    ['--kubeconfig', kubeconfig.path, '--disable-multi-cluster', '--toolsets', 'core'],
    pinned.env,
  );
  // The server breaks down where the file goes while it runs.
  const remove = () => kubeconfig.remove();
  try {
    return await session(
      process,
      { server: program, pinned: true, said: () => process.said, remove },
      signal,
    );
  } catch (error) {
    await process.close();
    await remove();
    throw unavailable(`The MCP server ${program} does not work`, process.said || error);
  }
}

async function reach(host: string, port: number | undefined, signal: AbortSignal): Promise<McpSession> {
  const url = mcpAddress(host, port);
  if (url === undefined)
    throw new OncallError(
      'mcp-unavailable',
      `"oncall.mcp.host" is no host: ${host}`,
      'Set it to a name or an address, or to a whole https:// URL.',
    );
  const transport = new HttpServer(url);
  const remove = () =>
    within(farewellMs, undefined, (limited) => transport.takeLeave(limited)).catch(() => undefined);
  try {
    const part = { server: url.href, pinned: false, said: () => '', remove };
    return await session(transport, part, signal);
  } catch (error) {
    await transport.close();
    throw unavailable(`No MCP server answers at ${url.href}`, error);
  }
}

interface SessionPart extends Pick<McpSession, 'server' | 'pinned'> {
  /** What the server last complained about. */
  said(): string;
  /** After the session: what was made for it goes. */
  remove(): Promise<void>;
}

async function session(transport: Transport, part: SessionPart, signal: AbortSignal): Promise<McpSession> {
  const client = new McpClient();
  // A server may hang in the middle of it, where the SDK waits without a limit.
  await orAbort(client.open(transport, { signal }), signal);
  const tools = await orAbort(client.tools({ signal }), signal);
  return {
    server: part.server,
    pinned: part.pinned,
    tools,
    said: part.said,
    async call(tool, args, abort, timeoutMs): Promise<McpAnswer> {
      const result = await within(timeoutMs, abort, (limited) =>
        client.call(tool, args, { signal: limited, timeout: timeoutMs }),
      );
      const text = result.content.map((one) => (one.type === 'text' ? one.text : `(${one.type})`)).join('\n');
      return { text, isError: result.isError === true };
    },
    async close() {
      if (!part.pinned) await part.remove();
      await client.close();
      if (part.pinned) await part.remove();
    },
  };
}

function unavailable(what: string, why: unknown): OncallError {
  const said = typeof why === 'string' ? why : why instanceof Error ? why.message : String(why);
  return new OncallError(
    'mcp-unavailable',
    `${what}: ${redact(plainLine(said)).slice(0, 300)}`,
    'Check the settings "oncall.mcp.*", or set "oncall.kubernetes.transport" to kubectl.',
    { cause: why },
  );
}
