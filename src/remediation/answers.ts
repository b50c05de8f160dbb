/** What an approver answers, counted: a program that answers nonsense, or goes round and round, is not asked for ever. */
import { readApproval, type ApprovalAnswer } from '../domain/approval.ts';
import { OncallError } from '../domain/error.ts';

/** About one step. More than a person gives; a program that reaches it goes round in circles. */
const mostAnswers = 100;

/** The answers of one run. */
export class Answers {
  /** How many there were, by the step's id. */
  readonly #times = new Map<string, number>();

  /** @throws OncallError `answer-invalid` where it is none, or one too many that leads nowhere */
  read(stepId: string, given: unknown): ApprovalAnswer {
    const times = (this.#times.get(stepId) ?? 0) + 1;
    this.#times.set(stepId, times);
    const answer = readApproval(given, stepId);
    if (times <= mostAnswers || answer.type === 'stop' || answer.type === 'skip') return answer;
    throw new OncallError(
      'answer-invalid',
      `Step ${stepId} was asked about ${mostAnswers} times, and no answer let it begin or skipped it`,
      'Nothing was run for it. Look at what "approve" answers: a dry run, an edit and an approval that comes too early are asked about again.',
    );
  }
}
