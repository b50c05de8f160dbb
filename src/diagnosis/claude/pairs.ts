/**
 * Maps with free keys as lists of pairs, and back: strict tools know objects with named properties only
 * (https://platform.claude.com/docs/en/build-with-claude/structured-outputs), and labels have names of their own.
 */

/** The parts of JSON Schema that zod writes for the action catalogue. */
export interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly required?: readonly string[];
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly [keyword: string]: unknown;
}

/** The schema of a map's values, where the schema is that of a map. */
function valuesOf({ type, additionalProperties }: JsonSchema): JsonSchema | undefined {
  return type === 'object' && typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

/** The schema with every map in it turned into a list of `{key, value}`. */
export function recordsToPairs(schema: JsonSchema): JsonSchema {
  const value = valuesOf(schema);
  if (value !== undefined) {
    return {
      type: 'array',
      items: {
        type: 'object',
        properties: { key: schema.propertyNames ?? { type: 'string' }, value: recordsToPairs(value) },
        required: ['key', 'value'],
        additionalProperties: false,
      },
    };
  }
  return {
    ...schema,
    ...(schema.properties && {
      properties: Object.fromEntries(
        Object.entries(schema.properties).map(([name, property]) => [name, recordsToPairs(property)]),
      ),
    }),
    ...(schema.items && { items: recordsToPairs(schema.items) }),
    ...(schema.oneOf && { oneOf: schema.oneOf.map(recordsToPairs) }),
  };
}

/**
 * A value for {@link recordsToPairs} of `schema`, with its lists of pairs turned back into maps.
 * What does not fit is left as it is, for the check that follows.
 */
export function pairsToRecords(schema: JsonSchema, value: unknown): unknown {
  const valueSchema = valuesOf(schema);
  if (valueSchema !== undefined) {
    return Array.isArray(value) && value.every(isPair)
      ? Object.fromEntries(value.map((pair) => [pair.key, pairsToRecords(valueSchema, pair.value)]))
      : value;
  }
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? value : value.map((item) => pairsToRecords(items, item));
  }
  if (!isRecord(value)) return value;
  const variant =
    schema.oneOf?.find(({ properties }) => properties?.action?.const === value.action) ?? schema;
  const { properties } = variant;
  if (properties === undefined) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
      return [name, property === undefined ? item : pairsToRecords(property, item)];
    }),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPair(value: unknown): value is { key: string; value: unknown } {
  return isRecord(value) && typeof value.key === 'string' && 'value' in value;
}
