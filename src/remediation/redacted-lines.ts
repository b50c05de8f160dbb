/** Lines of output without credentials, also where one goes over several lines. */
import { redact } from '../domain/redaction.ts';

/** Where a private key begins and ends: PEM, OpenSSH, PGP, SSH2. */
const begins = /-{4,5} ?BEGIN[A-Z0-9 +_]{0,40}PRIVATE KEY/;
const ends = /-{4,5} ?END[A-Z0-9 +_]{0,40}PRIVATE KEY/;

/** How many characters are held back for one look. What comes beyond them before the end is dropped, never shown. */
const maxHeld = 256 * 1024;

/**
 * Hands each line on as it comes, redacted. The lines of a private key are held back until its end and redacted as
 * one text; what never ends is redacted up to the last line.
 */
export class RedactedLines {
  private held: string[] | undefined;
  private size = 0;
  private readonly onLine: (line: string) => void;
  private readonly together: boolean;

  /** @param together whether all lines are held back: of what prints Secrets no line can be judged alone */
  constructor(onLine: (line: string) => void, together: boolean) {
    this.onLine = onLine;
    this.together = together;
    if (together) this.held = [];
  }

  /** Takes the next line, plain. */
  push(line: string): void {
    if (this.held === undefined && !begins.test(lastKeyMark(line))) return this.onLine(redact(line));
    this.hold(line);
    if (!this.together && ends.test(line) && !begins.test(lastKeyMark(line))) this.end();
  }

  /** Hands over what is held back. */
  end(): void {
    const held = this.held ?? [];
    this.held = undefined;
    this.size = 0;
    if (held.length > 0) for (const line of redact(held.join('\n')).split('\n')) this.onLine(line);
  }

  private hold(line: string): void {
    this.held ??= [];
    this.size += line.length + 1;
    // The last line is what a key ends with: it takes the place of one that was dropped.
    if (this.size > maxHeld && !ends.test(line)) return;
    this.held.push(line);
  }
}

/** What follows the last end of a key in a line: only there may one be left open. */
function lastKeyMark(line: string): string {
  const end = [...line.matchAll(new RegExp(ends, 'g'))].at(-1);
  return end === undefined ? line : line.slice(end.index + end[0].length);
}
