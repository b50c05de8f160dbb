/**
 * The client's end of the Model Context Protocol, as far as it is needed here: the SDK's own client brings the schema
 * compiler for tool results along, which would be half of this part.
 */
import { Protocol, type RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  CallToolResultSchema,
  InitializeResultSchema,
  LATEST_PROTOCOL_VERSION,
  ListToolsResultSchema,
  SUPPORTED_PROTOCOL_VERSIONS,
  type CallToolResult,
  type Notification,
  type Request,
  type Result,
} from '@modelcontextprotocol/sdk/types.js';

/** Pages of a tool list that are read at most. */
const maxPages = 20;

export class McpClient extends Protocol<Request, Notification, Result> {
  /**
   * Connects and agrees on a version (https://modelcontextprotocol.io/specification/2025-06-18/basic/lifecycle).
   * @throws whatever keeps the server from answering; the transport is the caller's to close
   */
  async open(transport: Transport, options: RequestOptions): Promise<void> {
    await this.connect(transport);
    const { protocolVersion } = await this.request(
      {
        method: 'initialize',
        params: {
          protocolVersion: LATEST_PROTOCOL_VERSION,
          capabilities: {},
          clientInfo: { name: 'oncall-agent', version: '1' },
        },
      },
      InitializeResultSchema,
      options,
    );
    if (!SUPPORTED_PROTOCOL_VERSIONS.includes(protocolVersion))
      throw new Error(`It speaks version ${protocolVersion} of the protocol, which is not known here`);
    transport.setProtocolVersion?.(protocolVersion);
    await this.notification({ method: 'notifications/initialized' });
  }

  /** The names of all tools that the server offers. */
  async tools(options: RequestOptions): Promise<ReadonlySet<string>> {
    const names = new Set<string>();
    let cursor: string | undefined;
    for (let page = 0; page < maxPages; page++) {
      const params = cursor === undefined ? {} : { cursor };
      const answer = await this.request({ method: 'tools/list', params }, ListToolsResultSchema, options);
      for (const { name } of answer.tools) names.add(name);
      cursor = answer.nextCursor;
      if (cursor === undefined) break;
    }
    return names;
  }

  call(
    name: string,
    args: Readonly<Record<string, unknown>>,
    options: RequestOptions,
  ): Promise<CallToolResult> {
    return this.request(
      { method: 'tools/call', params: { name, arguments: args } },
      CallToolResultSchema,
      options,
    );
  }

  // A server that does not know what it is asked says so itself, and no request of a server is answered.
  protected override assertCapabilityForMethod(): void {}
  protected override assertNotificationCapability(): void {}
  protected override assertRequestHandlerCapability(): void {}
  protected override assertTaskCapability(): void {}
  protected override assertTaskHandlerCapability(): void {}
}
