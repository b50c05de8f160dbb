/**
 * The tool that ends an analysis: handing in a plan, in a form that is checked before anything is done with it. What a model
 * writes comes from outside: credentials are taken out here, once and for all.
 */
import type Anthropic from '@anthropic-ai/sdk';
import * as z from 'zod/mini';
import { en } from 'zod/locales';
import { proposalParameters, type Proposal, type ProposalName } from '../../domain/action.ts';
import { redact } from '../../domain/redaction.ts';
import type { Analysis } from '../analyst.ts';
import { pairsToRecords, recordsToPairs, type JsonSchema } from './pairs.ts';
import { complexityOf, strictLimits, strictSchema } from './strict-schema.ts';

export const PLAN_TOOL = 'submit_plan';

/** Something that may be proposed. */
export interface Offer {
  readonly name: ProposalName;
  readonly description: string;
}

/** What became of a plan that was handed in. */
export type PlanReading =
  | { readonly ok: true; readonly analysis: Analysis }
  /** What is wrong with it, for whoever wrote it. */
  | { readonly ok: false; readonly problem: string };

const english = en().localeError;

const text = (maximum: number, description: string): z.ZodMiniString =>
  z.string().check(z.maxLength(maximum), z.describe(description));
const evidenceIds = z.array(z.string()).check(z.maxLength(50));

/** A command that starts anything but kubectl is not worth a round through the grammar. */
const startsWithKubectl = z.refine<unknown>(
  (proposal) => {
    const { action, parameters } = proposal as { action: ProposalName; parameters: { argv?: string[] } };
    return action !== 'custom_command' || parameters.argv?.[0] === 'kubectl';
  },
  {
    error: 'argv of custom_command must start with "kubectl", one word for each element',
    path: ['parameters', 'argv'],
  },
);

/** What these fields mean is said once, with the list: there are as many variants as actions. */
function proposalSchema({ name, description }: Offer): z.ZodMiniType {
  return z
    .strictObject({
      action: z.literal(name),
      parameters: proposalParameters[name] as z.ZodMiniType,
      rationale: z.string().check(z.maxLength(4000)),
      confidence: z.number().check(z.minimum(0), z.maximum(1)),
      evidence: evidenceIds,
    })
    .check(z.describe(description), startsWithKubectl);
}

const proposalsMeaning =
  'Remedies in the order to try them; none where nothing should be changed. ' +
  'rationale: why this ends the incident, from the evidence, in one to three sentences. ' +
  'confidence: how likely it is that the incident is over after this step alone. ' +
  'evidence: the ids of what speaks for it, exactly as given, such as "e3".';

const objectionsMeaning =
  'What speaks against remedies of the built-in rules; none as a rule. evidence: the ids of what speaks against it. ' +
  'An objection that cites evidence has a person asked before the remedy runs; it can do no more, and without evidence it does nothing.';

function planSchema(catalogue: readonly Offer[]): z.ZodMiniType {
  const proposal = z.discriminatedUnion(
    'action',
    catalogue.map(proposalSchema) as unknown as [z.core.$ZodTypeDiscriminable],
  );
  return z.strictObject({
    summary: text(2000, 'What is going on, for a tired person, in one or two sentences'),
    rootCause: text(4000, 'The cause as far as the evidence establishes it; empty when it does not'),
    hypotheses: z
      .array(z.strictObject({ statement: text(2000, 'What may be behind it'), evidence: evidenceIds }))
      .check(z.maxLength(20), z.describe('Guesses that the evidence suggests and does not prove')),
    proposals: z.array(proposal).check(z.maxLength(10), z.describe(proposalsMeaning)),
    objections: z.optional(
      z
        .array(
          z.strictObject({
            remedy: text(20, 'The id of the built-in remedy, such as "r1"'),
            reason: text(
              2000,
              'Why it would not end the incident, or would do harm, in one or two sentences',
            ),
            evidence: evidenceIds,
          }),
        )
        .check(z.maxLength(10), z.describe(objectionsMeaning)),
    ),
  });
}

/**
 * The tool for a catalogue, and how its input is read.
 * @param catalogue the actions on offer, at least one; everything else is refused
 */
export function planTool(catalogue: readonly Offer[]): {
  readonly tool: Anthropic.Tool;
  read(input: unknown): PlanReading;
} {
  const schema = planSchema(catalogue);
  const json = z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
  const strict = strictSchema(recordsToPairs(json));
  const { optional, unions } = complexityOf(strict);
  return {
    tool: {
      name: PLAN_TOOL,
      description:
        'Hands in the diagnosis and the remedies. Call it exactly once, at the end. Every proposal is checked, shown to people with its risk, and run only when they or their policy allow it.',
      input_schema: strict as unknown as Anthropic.Tool.InputSchema,
      // Beyond the limits the API refuses the whole request; the check on reading holds in any case.
      ...(optional <= strictLimits.optional && unions <= strictLimits.unions ? { strict: true } : {}),
    },
    read(input) {
      // Without a language, zod/mini says no more than "Invalid input".
      const parsed = schema.safeParse(pairsToRecords(json, input), { error: english });
      if (!parsed.success) return { ok: false, problem: z.prettifyError(parsed.error).slice(0, 4000) };
      const { summary, rootCause, hypotheses, proposals } = parsed.data as Omit<Analysis, 'proposals'> & {
        proposals: readonly (Omit<Proposal, 'claimedConfidence'> & { confidence: number })[];
      };
      return {
        ok: true,
        analysis: {
          summary: redact(summary),
          rootCause: redact(rootCause),
          hypotheses: hypotheses.map((one) => ({ ...one, statement: redact(one.statement) })),
          proposals: proposals.map(
            ({ confidence, ...proposal }) =>
              ({
                ...proposal,
                rationale: redact(proposal.rationale),
                claimedConfidence: confidence,
              }) as Proposal,
          ),
        },
      };
    },
  };
}
