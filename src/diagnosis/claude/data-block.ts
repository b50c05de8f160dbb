/** Text from outside as labelled data, for a model. */
import { redact, type RedactionOptions } from '../../domain/redaction.ts';

export interface DataBlockOptions extends RedactionOptions {
  /** Characters of one field and of the whole block; of what is longer the middle is left out. */
  readonly field?: number;
  readonly block?: number;
}

/** For text whose size is judged as a whole. */
export const uncut = { field: Infinity, block: Infinity };

/**
 * Data in a block that it cannot close: JSON, and in it no `<` at all.
 * Credentials are taken out of each text, where line structure still shows them, and once more of the whole,
 * where the names of fields do.
 */
export function dataBlock(label: string, value: unknown, options: DataBlockOptions = {}): string {
  const { field = 8000, block = 200_000 } = options;
  const json = JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'string' ? shorten(redact(item, options), field) : item,
  );
  const safe = redact(json ?? 'null', options)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e');
  return `<data label="${label}">\n${shorten(safe, block)}\n</data>`;
}

/** A text without its middle where it is too long. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const half = Math.floor(limit / 2);
  return `${text.slice(0, half)} … ${String(text.length - 2 * half)} characters left out … ${text.slice(-half)}`;
}
