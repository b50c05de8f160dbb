/** Text from outside as labelled data, for a model. */
import { redact } from '../../domain/redaction.ts';

/** Characters of one field and of the whole block; of what is longer the middle is left out. */
const usual = { field: 8000, block: 200_000 };
/** For text whose size is judged as a whole. */
export const uncut = { field: Infinity, block: Infinity };

/**
 * Data in a block that it cannot close: JSON, and in it no `<` at all.
 * Credentials are taken out of each text, where line structure still shows them, and once more of the whole,
 * where the names of fields do.
 */
export function dataBlock(label: string, value: unknown, limits = usual): string {
  const json = JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'string' ? shorten(redact(item), limits.field) : item,
  );
  const safe = redact(json ?? 'null')
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e');
  return `<data label="${label}">\n${shorten(safe, limits.block)}\n</data>`;
}

/** A text without its middle where it is too long. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const half = Math.floor(limit / 2);
  return `${text.slice(0, half)} … ${String(text.length - 2 * half)} characters left out … ${text.slice(-half)}`;
}
