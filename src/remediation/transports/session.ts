/** What the rest of the engine knows of an MCP server, without its SDK. */

/** Where the server is: started from `serverPath`, or else reached at `host`, or else started from the search path. */
export interface McpServerSettings {
  /** Absolute path of the program, or of the npm package's script. */
  readonly serverPath?: string;
  /** A name or an address, or a whole `http(s)://` URL. */
  readonly host?: string;
  /** 8080 where absent. */
  readonly port?: number;
}

/** Which transport carries steps out. `auto`: the MCP server where one is set up, else kubectl. */
export type TransportChoice = 'auto' | 'kubectl' | 'mcp';

export interface TransportSettings {
  readonly choice: TransportChoice;
  readonly mcp: McpServerSettings;
}

/** What a tool answered. */
export interface McpAnswer {
  readonly text: string;
  /** The tool says that it did not go through. */
  readonly isError: boolean;
}

export interface McpSession {
  /** Its program or its address, for people. */
  readonly server: string;
  /** Whether it can reach no cluster but the pinned one, because it was given that alone. */
  readonly pinned: boolean;
  readonly tools: ReadonlySet<string>;
  /** What the server last complained about; empty where that is not known. */
  said(): string;
  /** @throws whatever keeps the answer from coming: then it is not known whether the call took effect */
  call(
    tool: string,
    args: Readonly<Record<string, unknown>>,
    abort: AbortSignal,
    timeoutMs: number,
  ): Promise<McpAnswer>;
  /** Ends a server that was started, and removes what it was given. */
  close(): Promise<void>;
}
