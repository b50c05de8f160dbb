/**
 * The catalogue of remediation actions as data: names and parameters.
 * They stand here because both the diagnosis (which proposes) and the remediation (which carries out) speak of them;
 * commands, verification and undo are in `remediation/actions`.
 */
import * as z from 'zod/mini';
import { objectRef } from './kubernetes.ts';

/** DNS-1123, as https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ has it: no name can become a flag. */
const namespace = z.string().check(z.regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/));
const name = z.string().check(z.maxLength(253), z.regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/));
const count = z.int().check(z.minimum(0), z.maximum(1000));
/** A Kubernetes quantity such as `256Mi`, `0.5` or `500m`. */
const quantity = z.string().check(z.regex(/^\d+(\.\d+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$/));
/** Label keys and values are bound by https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ . */
const labels = z.record(
  z.string().check(z.regex(/^([A-Za-z0-9.-]{1,253}\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/)),
  z.string().check(z.regex(/^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/)),
);

const workload = { namespace, deployment: name };

/** Parameters of every action of the catalogue, by name. */
export const actionParameters = {
  restart_pod: z.strictObject({ namespace, pod: name }),
  scale_deployment: z.strictObject({ ...workload, replicas: count }),
  increase_memory_limit: z.strictObject({ ...workload, container: name, memory: quantity }),
  rollback_deployment: z.strictObject({ ...workload, revision: z.int().check(z.minimum(1)) }),
  restart_deployment: z.strictObject({ ...workload }),
  set_image: z.strictObject({
    ...workload,
    container: name,
    image: z.string().check(z.regex(/^[a-z0-9][\w./:@-]*$/)),
  }),
  fix_service_selector: z.strictObject({ namespace, service: name, selector: labels }),
  custom_command: z.strictObject({
    argv: z.array(z.string()).check(z.minLength(2)),
    /** The object whose finding must be gone for the step to count as verified. */
    target: objectRef,
  }),
} as const;

export type ActionName = keyof typeof actionParameters;
export type ActionParameters<N extends ActionName> = z.infer<(typeof actionParameters)[N]>;
export const actionNames = Object.keys(actionParameters) as ActionName[];

/** An action with parameters that belong together. */
export type ActionCall = { [N in ActionName]: { action: N; parameters: ActionParameters<N> } }[ActionName];

/** A remedy that an analyst proposes. Its confidence is a claim; what counts is computed from it. */
export type ActionProposal = ActionCall & {
  readonly rationale: string;
  /** 0 to 1, as the analyst says. */
  readonly claimedConfidence: number;
  /** Ids of the evidence cited for it; an id that does not exist caps the confidence. */
  readonly evidence: readonly string[];
};

/**
 * Checks an action from outside against the catalogue.
 * @throws {z.core.$ZodError} with the paths that are wrong; unknown names and unknown parameters are errors.
 */
export function parseActionCall(value: unknown): ActionCall {
  const call = z.object({ action: z.enum(actionNames), parameters: z.unknown() }).parse(value);
  const parameters = actionParameters[call.action].parse(call.parameters);
  return { action: call.action, parameters } as ActionCall;
}
