/** Who the commands of a run come from: a part of its fold. */
import type { Authorship, CommandEdit } from '../domain/authorship.ts';
import type { Step } from '../domain/plan.ts';
import type { JournalRecord } from '../domain/record.ts';

export class Authors {
  /** By step id, as it was proposed. */
  readonly #proposals = new Map<string, Step>();
  /** By step id: what people put in its place, in order. */
  readonly #edits = new Map<string, readonly CommandEdit[]>();

  /** From here on it is this command that people may edit. */
  propose(step: Step): void {
    this.#proposals.set(step.id, step);
    this.#edits.delete(step.id);
  }

  /** Takes in that a person put another command in the place of a step's. */
  edit({ actor, time, data: { step } }: Extract<JournalRecord, { type: 'StepReplaced' }>): void {
    const edit = { by: actor.name, time, command: step.command };
    this.#edits.set(step.id, [...(this.#edits.get(step.id) ?? []), edit]);
  }

  /**
   * A version of a step with what was said for its command, and nothing that was said for another one: confidence, reason and
   * evidence are those of the proposal, or none. Changed back to the letter a command is the proposal again.
   */
  ownWords(step: Step): Step {
    const last = this.#edits.get(step.id)?.at(-1);
    if (last === undefined) return step;
    const proposal = this.#proposals.get(step.id);
    if (proposal !== undefined && JSON.stringify(proposal.argv) === JSON.stringify(step.argv)) {
      const { confidence, confidenceParts, rationale, evidence, said } = proposal;
      const own = { ...step, confidence, confidenceParts, rationale, evidence };
      return said === undefined ? own : { ...own, said };
    }
    const own = { ...step, confidenceParts: [], rationale: '', evidence: [], editedBy: last.by };
    delete own.said;
    return own;
  }

  /** Told where there is something to tell: who proposed it, or that it was edited. */
  of(stepId: string): Authorship {
    const proposal = this.#proposals.get(stepId);
    const edits = this.#edits.get(stepId);
    const by = proposal?.proposedBy ?? (proposal?.undoes === undefined ? undefined : 'undo');
    return {
      ...(proposal === undefined || (proposal.proposedBy === undefined && edits === undefined)
        ? {}
        : { proposed: { command: proposal.command, ...(by === undefined ? {} : { by }) } }),
      ...(edits === undefined ? {} : { edits }),
    };
  }
}
