/** What a command could do, as our own tables judge it. */
import * as z from 'zod/mini';
import type { ObjectRef } from './kubernetes.ts';

export const riskLevels = ['low', 'medium', 'high'] as const;
export type RiskLevel = (typeof riskLevels)[number];

/** The verdict on one command. A contract of the library face: see the table in README.md. */
export interface RiskAssessment {
  readonly riskLevel: RiskLevel;
  /** Verb and sub-verb (`get`, `rollout restart`); empty where the command was not understood. */
  readonly commandType: string;
  /** Reaches every object of a kind or every namespace. */
  readonly affectsAll: boolean;
  /** Never automatic: a person must type the object's name. */
  readonly forbidden: boolean;
  /** Never runs, in no mode. */
  readonly rejected: boolean;
  readonly mutates: boolean;
  /** Prints what must not be seen or stored, such as a Secret's values. */
  readonly sensitive: boolean;
  readonly reversible: boolean;
  /** One sentence for a tired person. */
  readonly reason: string;
  readonly targets: readonly ObjectRef[];
  /** The command as it would run, without what the transport pins (kubeconfig, context). Empty when rejected as text. */
  readonly argv: readonly string[];
}

const glob = z.optional(z.string('must be text'));

/** A rule of `oncall.risk.rules`: where all given globs match, the effect applies. */
export const riskRule = z.strictObject(
  {
    match: z.strictObject(
      { verb: glob, kind: glob, namespace: glob, name: glob, context: glob },
      'must hold texts named verb, kind, namespace, name or context, and nothing else',
    ),
    effect: z.enum(['raise', 'lower', 'forbid'], 'must be one of raise, lower, forbid'),
    reason: z.optional(z.string('must be text')),
  },
  'must hold match and effect, a reason if you like, and nothing else',
);
export type RiskRule = z.infer<typeof riskRule>;
