/** The face of a catalogue entry. */
import type { ActionName, ActionParameters } from '../domain/action.ts';
import type { Evidence, FindingName } from '../domain/diagnosis.ts';
import type { KubeObject, ObjectRef } from '../domain/kubernetes.ts';
import type { Verification } from '../domain/plan.ts';

/** One typed remediation. Pure: objects that it needs are read before by whoever calls it. */
export interface Action<N extends ActionName> {
  readonly name: N;
  /** For people and for the model: what it does, in one sentence. */
  readonly description: string;
  /** The findings that it can make go away. */
  readonly answers: readonly FindingName[];
  /** The object that the step is about. */
  target(parameters: ActionParameters<N>): ObjectRef;
  /** The kubectl command, argv[0] is `kubectl`. */
  command(parameters: ActionParameters<N>): readonly string[];
  /** The objects it touches: read before the deed, kept in the journal. */
  touches(parameters: ActionParameters<N>): readonly ObjectRef[];
  verification(parameters: ActionParameters<N>): Verification;
  /** Why the deed would do no good on the touched objects as they are, in one sentence; undefined where it may. */
  obstacle?(parameters: ActionParameters<N>, before: readonly KubeObject[]): string | undefined;
  /** What the command's output is evidence of. Only where reading is all that it does. */
  reads?(parameters: ActionParameters<N>): Pick<Evidence, 'source' | 'summary'>;
  /**
   * The command that puts back what was, worked out from the touched objects as they were.
   * Undefined where there is no way back or nothing to take back.
   */
  undo(
    parameters: ActionParameters<N>,
    before: readonly KubeObject[],
  ): { readonly argv: readonly string[]; readonly summary: string } | undefined;
}
