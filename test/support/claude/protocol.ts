/** What the Messages API refuses: so that a test fails when the product sends what the real API would not take. */

type Json = Record<string, unknown>;

/** Keywords that strict tools know; everything else in a schema is an error. */
const strictKeywords = new Set([
  'type',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'minItems',
  'enum',
  'const',
  'anyOf',
  'allOf',
  'description',
  'title',
  'format',
]);

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Why the body of POST /v1/messages would be refused, or undefined. */
export function problemOf(body: unknown): string | undefined {
  if (!isRecord(body)) return 'the body is no object';
  const { messages, tools, thinking } = body;
  if (typeof body.model !== 'string' || body.model === '') return 'model: Field required';
  if (!Number.isInteger(body.max_tokens) || (body.max_tokens as number) < 1)
    return 'max_tokens: Field required';
  if (body.stream !== true) return 'stream: the stand-in streams only';
  for (const gone of ['temperature', 'top_p', 'top_k'])
    if (gone in body) return `${gone}: no longer supported`;
  if (isRecord(thinking) && isRecord(body.tool_choice) && body.tool_choice.type !== 'auto') {
    return 'Thinking may not be enabled when tool_choice forces tool use.';
  }
  const effort = isRecord(body.output_config) ? body.output_config.effort : undefined;
  if (effort !== undefined && !['low', 'medium', 'high', 'xhigh', 'max'].includes(String(effort))) {
    return 'output_config.effort: Input should be low, medium, high, xhigh or max';
  }
  if (!Array.isArray(tools)) return 'tools: Input should be a list';
  for (const tool of tools) {
    if (!isRecord(tool) || typeof tool.name !== 'string') return 'tools: name: Field required';
    if (!isRecord(tool.input_schema) || tool.input_schema.type !== 'object') {
      return 'tools: input_schema.type: Input should be object';
    }
    const problem = tool.strict === true ? strictProblem(tool.input_schema, 'input_schema') : undefined;
    if (problem !== undefined) return `tools: ${problem}`;
  }
  const breakpoints = JSON.stringify(body).split('"cache_control":{').length - 1;
  if (breakpoints > 4) return 'A maximum of 4 blocks with cache_control may be provided.';
  return messagesProblem(messages);
}

function strictProblem(schema: unknown, path: string): string | undefined {
  if (!isRecord(schema)) return `${path}: no schema`;
  const unknown = Object.keys(schema).find((keyword) => !strictKeywords.has(keyword));
  if (unknown !== undefined) return `${path}: '${unknown}' is not supported`;
  if (schema.type === 'object' && schema.additionalProperties !== false) {
    return `${path}: additionalProperties must be false`;
  }
  const parts: [string, unknown][] = [
    ...Object.entries(isRecord(schema.properties) ? schema.properties : {}),
    ...(schema.items === undefined ? [] : ([['[]', schema.items]] as [string, unknown][])),
    ...(Array.isArray(schema.anyOf) ? schema.anyOf : []).map((one, index): [string, unknown] => [
      `anyOf ${String(index)}`,
      one,
    ]),
  ];
  for (const [name, part] of parts) {
    const problem = strictProblem(part, `${path}.${name}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function messagesProblem(messages: unknown): string | undefined {
  if (!Array.isArray(messages) || messages.length === 0) return 'messages: at least one message is required';
  let open: string[] = [];
  for (const [index, message] of messages.entries()) {
    if (!isRecord(message) || (message.role !== 'user' && message.role !== 'assistant')) {
      return `messages.${String(index)}: role is wrong`;
    }
    const content =
      typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content;
    if (!Array.isArray(content) || content.length === 0) return `messages.${String(index)}: content is empty`;
    const results = content.flatMap((block) =>
      block.type === 'tool_result' ? [String(block.tool_use_id)] : [],
    );
    const missing = open.find((id) => !results.includes(id));
    if (missing !== undefined) return `messages.${String(index)}: tool_use ${missing} has no tool_result`;
    const stray = results.find((id) => !open.includes(id));
    if (stray !== undefined) return `messages.${String(index)}: tool_result ${stray} answers no tool_use`;
    open =
      message.role === 'assistant'
        ? content.flatMap((block) => (block.type === 'tool_use' ? [String(block.id)] : []))
        : [];
  }
  if ((messages[0] as Json).role !== 'user') return 'messages.0: the first message must be from the user';
  return undefined;
}
