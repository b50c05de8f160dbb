/** The fingerprint that binds an approval to exactly one command. */
import { createHash } from 'node:crypto';

/**
 * SHA-256, hexadecimal, over argv written as a JSON array. JSON quotes every word and escapes unpaired surrogates, so
 * two different argv never share an encoding.
 */
export function argvHash(argv: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(argv)).digest('hex');
}
