/** What the doctor finds: one line a check, with what mends it. */

/** `ok`, `note`: works, and a person may want to know; `problem`: keeps something from working; `unknown`: could not be looked at. */
export type Health = 'ok' | 'note' | 'problem' | 'unknown';

/** A command that mends what a check found, as a button. */
export interface Fix {
  readonly title: string;
  readonly command: string;
  readonly arguments?: readonly unknown[];
}

export interface Check {
  readonly part: 'Kubernetes' | 'PagerDuty' | 'Claude' | 'Oncall';
  readonly health: Health;
  /** One sentence without a full stop: what is so. */
  readonly says: string;
  /** Sentences: what follows from it, or what to do. */
  readonly more?: readonly string[];
  readonly fix?: Fix;
}

/** The fix that leads to a setting, or to all that begin so. */
export function settingFix(setting: string): Fix {
  return {
    title: `Open Setting ${setting}`,
    command: 'workbench.action.openSettings',
    arguments: [setting],
  };
}
