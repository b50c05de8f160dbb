/** What the Messages API refuses: so that a test fails when the product sends what the real API would not take. */

type Json = Record<string, unknown>;

/** The fields of a request, of a message and of each block that the product has a use for; all others are a mistake. */
const requestFields = new Set([
  ...['model', 'max_tokens', 'system', 'messages', 'tools', 'tool_choice'],
  ...['thinking', 'output_config', 'stream'],
]);
const blockFields: Readonly<Record<string, readonly string[]>> = {
  text: ['text', 'cache_control', 'citations'],
  thinking: ['thinking', 'signature'],
  tool_use: ['id', 'name', 'input', 'cache_control', 'caller'],
  tool_result: ['tool_use_id', 'content', 'is_error', 'cache_control'],
};
const toolFields = new Set(['name', 'description', 'input_schema', 'strict', 'cache_control']);

/** Keywords that strict tools know; everything else in a schema is an error. */
const strictKeywords = new Set([
  'type',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'enum',
  'const',
  'anyOf',
  'description',
]);
/** What a request may ask of the grammar of its strict tools. */
const mostOptional = 24;
const mostUnions = 16;

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const records = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isRecord) : []);

/** Why the body of POST /v1/messages would be refused, or undefined. */
export function problemOf(body: unknown): string | undefined {
  if (!isRecord(body)) return 'the body is no object';
  const unknown = Object.keys(body).find((field) => !requestFields.has(field));
  if (unknown !== undefined) return `${unknown}: Extra inputs are not permitted`;
  const { messages, tools } = body;
  if (typeof body.model !== 'string' || body.model === '') return 'model: Field required';
  if (!Number.isInteger(body.max_tokens) || (body.max_tokens as number) < 1)
    return 'max_tokens: Field required';
  if (body.stream !== true) return 'stream: the stand-in streams only';
  const effort = isRecord(body.output_config) ? body.output_config.effort : undefined;
  if (effort !== undefined && !['low', 'medium', 'high', 'xhigh', 'max'].includes(String(effort))) {
    return 'output_config.effort: Input should be low, medium, high, xhigh or max';
  }
  return (
    thinkingProblem(body) ??
    toolsProblem(tools) ??
    messagesProblem(messages, tools) ??
    breakpointProblem(body)
  );
}

function thinkingProblem({ thinking, tool_choice }: Json): string | undefined {
  const kind = isRecord(thinking) ? thinking.type : undefined;
  if (kind !== 'adaptive' && kind !== 'disabled')
    return 'thinking.type: Input should be adaptive or disabled';
  if (kind !== 'disabled' && isRecord(tool_choice) && tool_choice.type !== 'auto') {
    return 'Thinking may not be enabled when tool_choice forces tool use.';
  }
  return undefined;
}

function toolsProblem(tools: unknown): string | undefined {
  if (!Array.isArray(tools)) return 'tools: Input should be a list';
  const names = new Set<unknown>();
  const strict: Json[] = [];
  for (const tool of tools) {
    if (!isRecord(tool) || typeof tool.name !== 'string' || !/^[\w-]{1,64}$/.test(tool.name)) {
      return 'tools: name: Field required';
    }
    if (names.has(tool.name)) return 'tools: Tool names must be unique.';
    names.add(tool.name);
    const unknown = Object.keys(tool).find((field) => !toolFields.has(field));
    if (unknown !== undefined) return `tools: ${unknown}: Extra inputs are not permitted`;
    if (!isRecord(tool.input_schema) || tool.input_schema.type !== 'object') {
      return 'tools: input_schema.type: Input should be object';
    }
    if (tool.strict !== true) continue;
    const problem = strictProblem(tool.input_schema, 'input_schema');
    if (problem !== undefined) return `tools: ${problem}`;
    strict.push(tool.input_schema);
  }
  if (sum(strict, optionalOf) > mostOptional) return 'Schemas contains too many optional parameters';
  if (sum(strict, unionsOf) > mostUnions) return 'Schemas contains too many parameters with union types';
  return undefined;
}

const sum = (schemas: readonly Json[], count: (schema: Json) => number): number =>
  schemas.reduce((total, schema) => total + count(schema), 0);

const partsOf = (schema: Json): Json[] => [
  ...records(Object.values(isRecord(schema.properties) ? schema.properties : {})),
  ...records(schema.anyOf),
  ...(isRecord(schema.items) ? [schema.items] : []),
];

function optionalOf(schema: Json): number {
  const required = Array.isArray(schema.required) ? schema.required : [];
  const names = Object.keys(isRecord(schema.properties) ? schema.properties : {});
  return names.filter((name) => !required.includes(name)).length + sum(partsOf(schema), optionalOf);
}

function unionsOf(schema: Json): number {
  return (schema.anyOf === undefined ? 0 : 1) + sum(partsOf(schema), unionsOf);
}

function strictProblem(schema: unknown, path: string): string | undefined {
  if (!isRecord(schema)) return `${path}: no schema`;
  const unknown = Object.keys(schema).find((keyword) => !strictKeywords.has(keyword));
  if (unknown !== undefined) return `${path}: '${unknown}' is not supported`;
  const kinds = ['type', 'enum', 'const', 'anyOf'].filter((keyword) => keyword in schema);
  if (kinds.length !== 1) return `${path}: has ${kinds.join(' and ') || 'no type'}`;
  if (schema.type === 'object' && schema.additionalProperties !== false) {
    return `${path}: additionalProperties must be false`;
  }
  for (const [name, part] of Object.entries(isRecord(schema.properties) ? schema.properties : {})) {
    const problem = strictProblem(part, `${path}.${name}`);
    if (problem !== undefined) return problem;
  }
  for (const part of [...records(schema.anyOf), ...(schema.items === undefined ? [] : [schema.items])]) {
    const problem = strictProblem(part, `${path}[]`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function blocksOf(message: Json): Json[] {
  return typeof message.content === 'string'
    ? [{ type: 'text', text: message.content }]
    : records(message.content);
}

function messagesProblem(messages: unknown, tools: unknown): string | undefined {
  if (!Array.isArray(messages) || messages.length === 0) return 'messages: at least one message is required';
  const offered = records(tools).map(({ name }) => name);
  const ids = new Set<unknown>();
  let open: unknown[] = [];
  let before: unknown = 'assistant';
  for (const [index, message] of messages.entries()) {
    const at = `messages.${String(index)}`;
    if (!isRecord(message) || (message.role !== 'user' && message.role !== 'assistant')) {
      return `${at}: role is wrong`;
    }
    if (message.role === 'user' && before === 'user') return `${at}: two turns of the user in a row`;
    if (index === 0 && message.role !== 'user') return `${at}: the first message must be from the user`;
    const content = blocksOf(message);
    if (content.length === 0) return `${at}: content is empty`;
    for (const block of content) {
      const fields = blockFields[String(block.type)];
      if (fields === undefined) return `${at}: block of type ${String(block.type)}`;
      const unknown = Object.keys(block).find((field) => field !== 'type' && !fields.includes(field));
      if (unknown !== undefined) return `${at}: ${unknown}: Extra inputs are not permitted`;
      if (block.type === 'text' && block.text === '') return `${at}: text content blocks must be non-empty`;
      if (block.type === 'tool_use') {
        if (ids.has(block.id)) return `${at}: tool_use ids must be unique`;
        ids.add(block.id);
        if (!offered.includes(block.name) && block.name !== 'bash') return `${at}: unknown tool`;
      }
    }
    const results = content.flatMap(({ type, tool_use_id }) => (type === 'tool_result' ? [tool_use_id] : []));
    if (results.length > 0 && content.findLastIndex(isResult) !== results.length - 1) {
      return `${at}: tool_result blocks must come first`;
    }
    const missing = open.find((id) => !results.includes(id));
    if (missing !== undefined) return `${at}: tool_use ${String(missing)} has no tool_result`;
    if (results.length !== open.length) return `${at}: a tool_result answers no tool_use`;
    open =
      message.role === 'assistant'
        ? content.flatMap(({ type, id }) => (type === 'tool_use' ? [id] : []))
        : [];
    before = message.role;
  }
  return open.length > 0 ? 'messages: the last tool_use has no tool_result' : undefined;
}

const isResult = ({ type }: Json): boolean => type === 'tool_result';

/** Where a body has its cache breakpoints: `tools.5`, `system.0`, `messages.0.1`, `messages.4.2`. */
export function breakpointsOf(body: Json): string[] {
  const marked = (blocks: unknown, path: string): string[] =>
    records(blocks).flatMap((block, index) =>
      block.cache_control === undefined ? [] : [`${path}.${String(index)}`],
    );
  return [
    ...marked(body.tools, 'tools'),
    ...marked(body.system, 'system'),
    ...records(body.messages).flatMap((message, index) =>
      marked(message.content, `messages.${String(index)}`),
    ),
  ];
}

/** After the tools, after the rules, after the evidence and at the end: without them every request is paid in full. */
function breakpointProblem(body: Json): string | undefined {
  const found = breakpointsOf(body);
  if (found.length > 4) return 'A maximum of 4 blocks with cache_control may be provided.';
  const messages = records(body.messages);
  const last = (blocks: unknown): string => String(records(blocks).length - 1);
  const wanted = [
    `tools.${last(body.tools)}`,
    `system.${last(body.system)}`,
    `messages.0.${last(messages[0]?.content)}`,
  ];
  const end = messages.at(-1);
  if (end?.role === 'user') wanted.push(`messages.${String(messages.length - 1)}.${last(end.content)}`);
  const missing = wanted.find((place) => !found.includes(place));
  return missing === undefined ? undefined : `cache_control is missing at ${missing}`;
}
