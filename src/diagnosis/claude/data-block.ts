/** Text from outside as labelled data, for a model. */
import { redactForms, type RedactionOptions } from '../../domain/redaction.ts';

export interface DataBlockOptions extends RedactionOptions {
  /** Characters of one field and of the whole block; of what is longer the middle is left out. */
  readonly field?: number;
  readonly block?: number;
}

/** For text whose size is judged as a whole. */
export const uncut = { field: Infinity, block: Infinity };

/**
 * Data in a block that it cannot close: JSON, and in it no `<` at all.
 * @param value without credentials: what came from outside was redacted when it was taken in, and our own sentences stay as
 * they are. What is one by its form alone is looked for once more
 */
export function dataBlock(label: string, value: unknown, options: DataBlockOptions = {}): string {
  const { field = 8000, block = 200_000 } = options;
  const json = JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'string' ? shorten(redactForms(item, options), field) : item,
  );
  const safe = (json ?? 'null').replaceAll('<', '\\u003c').replaceAll('>', '\\u003e');
  return `<data label="${label}">\n${shorten(safe, block)}\n</data>`;
}

/** A text without its middle where it is too long. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const half = Math.floor(limit / 2);
  return `${text.slice(0, half)} … ${String(text.length - 2 * half)} characters left out … ${text.slice(-half)}`;
}
