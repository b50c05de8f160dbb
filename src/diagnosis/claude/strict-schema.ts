/**
 * JSON Schema as strict tools take it: a subset without lengths, patterns and ranges
 * (https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations).
 * What is left out is checked when the input is read.
 */
import type { JsonSchema } from './pairs.ts';

/** What the API compiles at most, all strict tools of a request together (same page, "Schema complexity limits"). */
export const strictLimits = { optional: 24, unions: 16 };

/** The schema without what strict mode does not know; bounds of numbers go into the description. */
export function strictSchema(schema: JsonSchema): JsonSchema {
  const description = [schema['description'], bounds(schema)].filter((text) => text !== undefined).join(' ');
  return { ...shapeOf(schema), ...(description === '' ? {} : { description }) };
}

function shapeOf(schema: JsonSchema): JsonSchema {
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants !== undefined) return { anyOf: variants.map(strictSchema) };
  if (schema.const !== undefined) return { const: schema.const };
  if (schema['enum'] !== undefined) return { enum: schema['enum'] };
  switch (schema.type) {
    case 'object':
      return {
        type: 'object',
        properties: Object.fromEntries(
          Object.entries(schema.properties ?? {}).map(([name, property]) => [name, strictSchema(property)]),
        ),
        required: schema.required ?? [],
        additionalProperties: false,
      };
    case 'array':
      return { type: 'array', items: strictSchema(schema.items ?? {}) };
    case 'string':
    case 'number':
    case 'integer':
    case 'boolean':
    case 'null':
      return { type: schema.type };
    default:
      throw new Error(`A strict tool cannot say this: ${JSON.stringify(schema).slice(0, 200)}`);
  }
}

/** zod writes the largest safe integer where nobody gave a bound. */
function bounds({ minimum, maximum }: JsonSchema): string | undefined {
  const least = typeof minimum === 'number' && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  const most = typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (least === undefined && most === undefined) return undefined;
  if (most === undefined) return `(at least ${String(least)})`;
  return least === undefined ? `(at most ${String(most)})` : `(${String(least)} to ${String(most)})`;
}

/** How many parameters may be left out, and how many may be of several types, in the whole schema. */
export function complexityOf(schema: JsonSchema): { readonly optional: number; readonly unions: number } {
  const { properties = {}, required = [], anyOf = [], items } = schema;
  const parts = [...Object.values(properties), ...anyOf, ...(items === undefined ? [] : [items])];
  return parts
    .map(complexityOf)
    .reduce((sum, part) => ({ optional: sum.optional + part.optional, unions: sum.unions + part.unions }), {
      optional: Object.keys(properties).filter((name) => !required.includes(name)).length,
      unions: anyOf.length > 0 ? 1 : 0,
    });
}
