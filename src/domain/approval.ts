/** What a person, or a program in their place, answers: checked before anything is done with it. */
import * as z from 'zod/mini';
import { OncallError } from './error.ts';

/**
 * The answer to the question whether a step may run. An approval names the hash of the argv that was seen; any other argv
 * needs a new one. An edit is a changed command, as text or argv: assessed and decided anew, then asked again.
 */
export const approvalAnswerSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('approve'),
    argvHash: z.string(),
    by: z.optional(z.string().check(z.minLength(1), z.maxLength(200))),
    typedName: z.optional(z.string()),
  }),
  z.strictObject({
    type: z.literal('edit'),
    command: z.union([z.string(), z.readonly(z.array(z.string()))]),
  }),
  z.strictObject({ type: z.literal('dry-run') }),
  z.strictObject({ type: z.literal('skip'), reason: z.optional(z.string()) }),
  z.strictObject({ type: z.literal('stop') }),
]);
export type ApprovalAnswer = Readonly<z.infer<typeof approvalAnswerSchema>>;

/** One answer each, as a program would write it. */
const answers: Readonly<Record<ApprovalAnswer['type'], string>> = {
  approve: "{ type: 'approve', argvHash: step.argvHash, by?, typedName? }",
  edit: "{ type: 'edit', command }",
  'dry-run': "{ type: 'dry-run' }",
  skip: "{ type: 'skip', reason? }",
  stop: "{ type: 'stop' }",
};

/**
 * Reads what `approve` gave back.
 * @throws OncallError `answer-invalid` for anything that is no answer; it names those that are
 */
export function readApproval(given: unknown, stepId: string): ApprovalAnswer {
  const read = approvalAnswerSchema.safeParse(given);
  if (read.success) return read.data;
  throw new OncallError(
    'answer-invalid',
    `"approve" answered ${described(given)} for step ${stepId}, which is none of the answers there are`,
    `Nothing was run for it. Answer ${Object.values(answers).join(', ')}, and nothing beside these fields.`,
  );
}

const choiceSchema = z.optional(
  z.object({
    target: z.object({ kind: z.string(), name: z.string(), namespace: z.optional(z.string()) }),
  }),
);

/**
 * Reads what `chooseTarget` gave back.
 * @returns the reference that it names, or undefined where none of the candidates is right
 * @throws OncallError `answer-invalid` for anything else
 */
export function readChoice(given: unknown): z.infer<typeof choiceSchema> {
  const read = choiceSchema.safeParse(given);
  if (read.success) return read.data;
  throw new OncallError(
    'answer-invalid',
    `"chooseTarget" answered ${described(given)}, which is no candidate`,
    'Answer one of the candidates that it was given, or undefined where none is right.',
  );
}

/** What kind of thing it is; nothing that stands in it but a `type` and names of fields that look like some. */
function described(given: unknown): string {
  if (given === null || given === undefined || typeof given === 'boolean') return String(given);
  if (Array.isArray(given)) return 'a list';
  if (typeof given !== 'object') return `a ${typeof given}`;
  const fields = Object.keys(given).filter((key) => /^[A-Za-z_-]{1,30}$/.test(key));
  const shown = fields.slice(0, 8).join(', ');
  return fields.length === 0 ? 'an object without a known field' : `an object with the fields ${shown}`;
}
