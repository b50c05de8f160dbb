/** Runbooks: what a team has written down to do about an incident, and what of it fits one. */

/** A Markdown file that may be a runbook, as whoever read its folder hands it in. */
export type RunbookFile =
  | { readonly path: string; readonly text: string }
  /** It could not be taken: `larger than 256 kB`. */
  | { readonly path: string; readonly problem: string };

/** A kubectl command of a runbook, with its placeholders filled in from the target. */
export interface RunbookCommand {
  /** As it was written, filled in; it may be no plain command. Redacted. */
  readonly text: string;
  /** The nearest heading above it, or the runbook's title. */
  readonly heading: string;
  /** Line in the file, from 1. */
  readonly line: number;
  /** Id of the evidence that is its section. */
  readonly evidence: string;
  /** Why it is none that may run: `{{pod}} is not known`. */
  readonly unfilled?: string;
}

/** A runbook that fits an incident. */
export interface MatchedRunbook {
  /** Id of the evidence that is the runbook itself. */
  readonly evidence: string;
  readonly title: string;
  readonly path: string;
  /** Where its text begins, from 1. */
  readonly line: number;
  /** Why it fits, one condition each: `service checkout fits "check*"`. */
  readonly why: readonly string[];
  readonly commands: readonly RunbookCommand[];
}
