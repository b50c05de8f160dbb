/** Output of programs as plain text: nothing in it can move a cursor, colour a screen or hide a word. */

/**
 * Escape sequences of ECMA-48: CSI with its final byte, and the strings (OSC, DCS, SOS, PM, APC) up to their end. Of a
 * string without an end only the beginning goes, so that it hides no text.
 */
const sequences =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])(?:[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c))?|\x1b[ -/]*[0-~]?/g;
/** C0 without tab, DEL, C1, and the marks that reorder or hide text (Unicode TR 36, "Trojan Source"). */
const controls = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** One line without terminal escapes and control characters; tabs stay. */
export function plainLine(line: string): string {
  return line.replace(sequences, '').replace(controls, '');
}

/**
 * Cuts text that arrives in pieces into lines, each handed to `onLine` once it is complete. A carriage return ends a
 * line too. A line longer than `maxLength` characters is cut there and the rest of it dropped, so that memory is bounded.
 */
export class LineSplitter {
  private pending = '';
  private dropping = false;
  /** The last piece ended with a carriage return, whose line feed may still come. */
  private returned = false;
  private readonly onLine: (line: string) => void;
  private readonly maxLength: number;

  constructor(onLine: (line: string) => void, maxLength: number) {
    this.onLine = onLine;
    this.maxLength = maxLength;
  }

  /** Takes the next piece. */
  push(text: string): void {
    if (text === '') return;
    const parts = (this.returned && text.startsWith('\n') ? text.slice(1) : text).split(/\r\n|\n|\r/);
    this.returned = text.endsWith('\r');
    parts.forEach((part, index) => {
      this.extend(part);
      if (index < parts.length - 1) this.finish();
    });
  }

  /** Hands over what is left without a line end. */
  end(): void {
    if (this.pending !== '') this.finish();
  }

  private extend(part: string): void {
    if (this.dropping) return;
    this.pending += part;
    if (this.pending.length <= this.maxLength) return;
    this.pending = `${this.pending.slice(0, this.maxLength)}…`;
    this.dropping = true;
  }

  private finish(): void {
    const line = this.pending;
    this.pending = '';
    this.dropping = false;
    this.onLine(line);
  }
}
