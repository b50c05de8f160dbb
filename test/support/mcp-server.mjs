/**
 * A small MCP server over stdio. The name of the object in a call says how it goes: `error`, `conflict`, `overtaken` (a
 * conflict the first time), `refused`, `die`, `hang` or `secret`; with any other it goes well.
 */
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import {
  CallToolRequestSchema,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js';
import { appendFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * @param record the file that each call, and how the server was started, is written to as a line of JSON
 * @param offered the names of its tools
 */
export async function serve(record, offered) {
  const write = (line) => appendFileSync(record, `${JSON.stringify(line)}\n`);
  const kubeconfig = process.argv[process.argv.indexOf('--kubeconfig') + 1] ?? '';
  write({
    started: process.argv.slice(2),
    env: process.env,
    modes: [statSync(kubeconfig).mode & 0o777, statSync(dirname(kubeconfig)).mode & 0o777],
  });
  let called = 0;
  const server = new Server({ name: 'stand-in', version: '1' }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: offered.map((name) => ({ name, inputSchema: { type: 'object' } })),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    write({ called: params.name, arguments: params.arguments });
    called += 1;
    const text = (value, isError = false) => ({ content: [{ type: 'text', text: value }], isError });
    const name = params.arguments?.name ?? JSON.parse(params.arguments?.resource ?? '{}').metadata?.name;
    switch (name) {
      case 'error':
        return text(
          'failed to update scale: deployments.apps "error" is forbidden: User "ada" cannot update resource',
          true,
        );
      case 'overtaken':
      case 'conflict':
        if (name === 'overtaken' && called > 1) break;
        return text(
          'failed to update scale: Operation cannot be fulfilled on deployments.apps "conflict": changed',
          true,
        );
      case 'refused':
        throw new McpError(ErrorCode.InvalidParams, 'scale must be a word');
      case 'die':
        process.stderr.write('panic: out of luck\n');
        process.exit(2);
        break;
      case 'hang':
        await new Promise(() => setInterval(() => undefined, 1000));
        break;
      case 'secret':
        return text(`\u001b[31mpassword: hunter2hunter2\n${'x'.repeat(100)}\n`.repeat(2000));
    }
    return text('# Current resource scale (YAML) is below\nspec: {}');
  });
  await server.connect(new StdioServerTransport());
}
