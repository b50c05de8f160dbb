/** Who a command comes from: who proposed it, and who changed it before it ran. */

/** Who proposes commands: the rules that are built in, Claude, a runbook of the team, or the way back that was kept for a step. */
export type Proposer = 'rules' | 'claude' | 'runbook' | 'undo';

/** A command as it was proposed. */
export interface Proposal {
  readonly command: string;
  /** Absent where the journal does not tell. */
  readonly by?: Proposer;
}

/** A command that a person put in the place of another. */
export interface CommandEdit {
  readonly by: string;
  /** ISO 8601. */
  readonly time: string;
  readonly command: string;
}

/** How a command came about; the parts that are known. */
export interface Authorship {
  /** Absent where the journal has lost it. */
  readonly proposed?: Proposal;
  /** In their order; absent where there are none. */
  readonly edits?: readonly CommandEdit[];
}

/** Who proposed it, in words. */
export function proposerWords(by: Proposer | undefined): string {
  switch (by) {
    case 'rules':
      return 'the built-in rules';
    case 'claude':
      return 'Claude';
    case 'runbook':
      return 'a runbook';
    case 'undo':
      return 'the journal, as the way back';
    case undefined:
      return 'the analysis';
  }
}

/** What stands in the place of a confidence where a person wrote the command. */
export function noConfidence(editedBy: string): string {
  return `edited by ${editedBy}: no confidence`;
}
