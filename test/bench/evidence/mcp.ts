/** kubernetes-mcp-server over stdio, spoken to as any MCP client does (JSON-RPC 2.0, one message a line). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { whenProcessEnds } from '../../support/processes.ts';

interface Answer {
  readonly id?: number;
  readonly result?: { readonly isError?: boolean; readonly content?: readonly { readonly text?: string }[] };
  readonly error?: { readonly message: string };
}

export interface McpServer {
  /** @throws where the server refuses the call; what a tool itself calls an error comes back as its text */
  call(tool: {
    name: string;
    arguments: Record<string, unknown>;
  }): Promise<{ text: string; failed: boolean }>;
  close(): Promise<void>;
}

/** The server's program: the package holds one for each system. Undefined where it is not installed. */
export function mcpProgram(): string | undefined {
  const system = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const name = `kubernetes-mcp-server-${system}`;
  try {
    return createRequire(import.meta.url).resolve(
      `${name}/bin/${name}${process.platform === 'win32' ? '.exe' : ''}`,
    );
  } catch {
    return undefined;
  }
}

/** Starts the server for a kubeconfig; ready when it resolves. */
export async function startMcpServer(program: string, kubeconfig: string): Promise<McpServer> {
  const child = spawn(program, ['--kubeconfig', kubeconfig, '--read-only', '--toolsets', 'core'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const forget = whenProcessEnds(() => child.kill('SIGKILL'));
  const waiting = new Map<number, (answer: Answer) => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as Answer;
    waiting.get(answer.id ?? -1)?.(answer);
    waiting.delete(answer.id ?? -1);
  });
  let count = 0;
  const send = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const ask = (method: string, params: object) =>
    new Promise<Answer>((resolve) => {
      const id = ++count;
      waiting.set(id, resolve);
      send({ id, method, params });
    });
  await ask('initialize', {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'oncall-bench', version: '1' },
  });
  send({ method: 'notifications/initialized' });
  return {
    async call(tool) {
      const { result, error } = await ask('tools/call', tool);
      if (error !== undefined) throw new Error(`${tool.name}: ${error.message}`);
      const text = (result?.content ?? []).map((part) => part.text ?? '').join('\n');
      return { text, failed: result?.isError === true };
    },
    async close() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      forget();
    },
  };
}
