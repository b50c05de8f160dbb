/** What the doctor finds: one line a check, with what mends it. */

/** `ok`, `note`: works, and a person may want to know; `problem`: keeps something from working; `unknown`: could not be looked at. */
export type Health = 'ok' | 'note' | 'problem' | 'unknown';

/** A heading of the report. `Execution` answers why something runs, or why nothing does. */
export type Part = 'Kubernetes' | 'PagerDuty' | 'Claude' | 'MCP server' | 'Audit log' | 'Execution';

/** A command that mends what a check found, as a button. */
export interface Fix {
  readonly title: string;
  readonly command: string;
  readonly arguments?: readonly unknown[];
  /** A file of the extension, by its path there, for a command that takes one. */
  readonly file?: string;
}

export interface Check {
  readonly part: Part;
  readonly health: Health;
  /** One sentence without a full stop: what is so. */
  readonly says: string;
  /** Sentences: what follows from it, or what to do. */
  readonly more?: readonly string[];
  readonly fix?: Fix;
}

/** What goes with a line where there is something to add to it. */
export type Extra = Pick<Check, 'more' | 'fix'>;

/** What writes the lines of one part: `line.problem('There is no kubectl', { fix })`. */
export function linesOf(part: Part): Readonly<Record<Health, (says: string, extra?: Extra) => Check>> {
  const line =
    (health: Health) =>
    (says: string, extra: Extra = {}): Check => ({ part, health, says, ...extra });
  return { ok: line('ok'), note: line('note'), problem: line('problem'), unknown: line('unknown') };
}

/** The fix that leads to a setting, or to all that begin so. */
export function settingFix(setting: string): Fix {
  return {
    title: `Open Setting ${setting}`,
    command: 'workbench.action.openSettings',
    arguments: [setting],
  };
}

/** Looks again, where something outside has to be mended first. */
export const againFix: Fix = { title: 'Check Again', command: 'oncall.doctor' };
