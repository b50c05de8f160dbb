/** What carries a step out. */

/** kubectl itself, or a tool of the Kubernetes MCP server. */
export type Transport = 'kubectl' | 'mcp';

/** How a step was, or is to be, carried out. */
export interface Carried {
  readonly transport: Transport;
  /** The tool of the MCP server. */
  readonly tool?: string;
  /** Why kubectl runs it although the MCP server was asked for. */
  readonly fallback?: string;
}

/** `kubectl`, or `the MCP server's tool resources_scale`, with the reason where it is not what was asked for. */
export function describeTransport({ transport, tool, fallback }: Carried): string {
  if (transport === 'mcp') return `the MCP server's tool ${tool ?? '(unknown)'}`;
  return fallback === undefined ? 'kubectl' : `kubectl, not the MCP server (${fallback})`;
}
