/** What a runbook leaves open, filled in from the target; everything else that looks left open is named, and never guessed. */
import { redact } from '../../domain/redaction.ts';

export const placeholderNames = ['namespace', 'name', 'kind', 'pod'] as const;

/** `pod` is one in trouble; absent where none is known. */
export type PlaceholderValues = Readonly<Partial<Record<(typeof placeholderNames)[number], string>>>;

export interface Filled {
  /** Redacted. */
  readonly text: string;
  /** Why it may not run as it stands. */
  readonly unfilled?: string;
}

/** Names of Kubernetes objects and kinds: no such value can end a word, open a quote or become a flag. */
const safe = /^[A-Za-z0-9][A-Za-z0-9.-]*$/;
const known = placeholderNames.map((name) => `{{${name}}}`).join(', ');

/** What people write in the place of a value: `{{x}}`, `<x>`, `$X`, `POD_NAME`, `...`. */
const leftOpen: readonly RegExp[] = [
  /\{\{.*?\}\}/,
  /<[A-Za-z][^<>|&;]*>/,
  /\$(?:\{[^}]*\}?|\([^)]*\)?|[A-Za-z_]\w*)/,
  /(?<=^|[\s/=])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?=$|\s)/,
  /(?<=^|[\s/=])(?:\.\.\.|…)(?=$|\s)/,
];

/** Fills in `{{namespace}}`, `{{name}}`, `{{kind}}` and `{{pod}}`. */
export function fillIn(command: string, values: PlaceholderValues): Filled {
  let unfilled: string | undefined;
  const text = command.replace(
    /\{\{\s*(namespace|name|kind|pod)\s*\}\}/g,
    (written, name: keyof typeof values) => {
      const value = values[name];
      if (value !== undefined && safe.test(value)) return value;
      unfilled ??=
        name === 'pod'
          ? `${written} is not known: no pod of the target is seen to be in trouble`
          : `${written} is not known of this target`;
      return written;
    },
  );
  const open = leftOpen.map((pattern) => pattern.exec(text)?.[0]).find((found) => found !== undefined);
  if (open !== undefined) unfilled ??= `${open} is not filled in: only ${known} are`;
  const shown = redact(text);
  if (shown !== text) unfilled ??= 'it holds what looks like a credential';
  return { text: shown, ...(unfilled === undefined ? {} : { unfilled }) };
}
