/**
 * The catalogue of remediation actions as data: names and parameters.
 * They stand here because both the diagnosis (which proposes) and the remediation (which carries out) speak of them;
 * commands, verification and undo are in `remediation/actions`.
 */
import * as z from 'zod/mini';
import type { Provenance } from './diagnosis.ts';
import { objectRef } from './kubernetes.ts';
import { rightResource } from './resource-names.ts';

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

const portNumber = z.int().check(z.minimum(1), z.maximum(65_535));
/** The name of a container's port (IANA_SVC_NAME). */
const portName = z
  .string()
  .check(z.maxLength(15), z.regex(/^[a-z0-9-]*[a-z][a-z0-9-]*$/), z.regex(/^[a-z0-9](.*[a-z0-9])?$/));

const workload = { namespace, deployment: name };
const names = z.array(name).check(z.maxLength(20));
const container = { ...workload, container: name };
/** CPU, memory or both. */
const amounts = { cpu: z.optional(quantity), memory: z.optional(quantity) };
const anAmount = z.refine<{ cpu?: string | undefined; memory?: string | undefined }>(
  ({ cpu, memory }) => cpu !== undefined || memory !== undefined,
  { error: 'cpu or memory must be given' },
);

/** Parameters of every action of the catalogue, by name. */
export const actionParameters = {
  restart_pod: z.strictObject({ namespace, pod: name }),
  scale_deployment: z.strictObject({ ...workload, replicas: count }),
  increase_memory_limit: z.strictObject({ ...workload, container: name, memory: quantity }),
  increase_cpu_limits: z.strictObject({ ...container, cpu: quantity }),
  set_resource_limits: z.strictObject({ ...container, ...amounts }).check(anAmount),
  set_resource_requests: z.strictObject({ ...container, ...amounts }).check(anAmount),
  fix_probe: z.strictObject({
    ...container,
    probe: z.enum(['readiness', 'liveness', 'startup']),
    /** What the probe has: it stays of that kind. */
    handler: z.enum(['httpGet', 'tcpSocket', 'grpc']),
    port: z.int().check(z.minimum(1), z.maximum(65_535)),
  }),
  fix_node_selector: z.strictObject({ ...workload, selector: labels }),
  drain_node: z.strictObject({
    ...workload,
    node: name,
    /** Selects the Deployment's pods. */
    selector: labels.check(z.refine((pods) => Object.keys(pods).length > 0, { error: 'no label is given' })),
  }),
  rollback_deployment: z.strictObject({ ...workload, revision: z.int().check(z.minimum(1)) }),
  restart_deployment: z.strictObject({ ...workload }),
  set_image: z.strictObject({
    ...workload,
    container: name,
    image: z.string().check(z.regex(/^[a-z0-9][\w./:@-]*$/)),
  }),
  fix_service_selector: z.strictObject({ namespace, service: name, selector: labels }),
  fix_service_port: z.strictObject({
    namespace,
    service: name,
    /** The Service's ports that lead elsewhere from now on, by their own number. */
    ports: z
      .array(z.strictObject({ port: portNumber, targetPort: z.union([portNumber, portName]) }))
      .check(z.minLength(1), z.maxLength(20)),
  }),
  raise_hpa_maximum: z.strictObject({
    namespace,
    autoscaler: name,
    maxReplicas: z.int().check(z.minimum(1), z.maximum(1000)),
  }),
  fix_ingress_class: z.strictObject({ namespace, ingress: name, ingressClass: name }),
  fix_role_resource: z
    .strictObject({
      namespace,
      role: name,
      /** The place of the rule in the Role, and of the word in the rule's resources, from 0. */
      rule: z.int().check(z.minimum(0), z.maximum(1000)),
      resource: z.int().check(z.minimum(0), z.maximum(1000)),
      /** The rule's only API group; empty for the core group. */
      group: z.string().check(z.regex(/^[a-z0-9.-]{0,253}$/)),
      /** The word that stands there, and the resource of the group that it must mean: nothing else can be put there. */
      from: z.string().check(z.regex(/^[A-Za-z0-9.-]{1,100}(\/[A-Za-z0-9.-]{1,100})?$/)),
      to: z.string().check(z.regex(/^[a-z][a-z0-9-]{0,99}(\/[a-z]{1,100})?$/)),
      /** The Deployment whose pods wait for it. */
      deployment: z.optional(name),
    })
    .check(
      z.refine(({ group, from, to }) => rightResource(group, from) === to, {
        error: 'from must be a word that names no resource of the group, and to the one that it must mean',
        path: ['to'],
      }),
    ),
  run_cron_job: z.strictObject({
    namespace,
    cronjob: name,
    /** The Job to make. */
    job: z.string().check(z.regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/)),
  }),
  check_configmaps_secrets: z.strictObject({ ...workload, configMaps: names, secrets: names }).check(
    z.refine(({ configMaps, secrets }) => configMaps.length + secrets.length > 0, {
      error: 'a ConfigMap or a Secret must be named',
    }),
  ),
  check_dependencies: z.strictObject({ ...workload, services: names.check(z.minLength(1)) }),
  check_resource_quotas: z.strictObject({ ...workload }),
  verify_service_config: z.strictObject({ namespace, service: name }),
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

interface Claims {
  readonly rationale: string;
  /** 0 to 1, as the analyst says. */
  readonly claimedConfidence: number;
  /** Ids of the evidence cited for it; an id that does not exist caps the confidence. */
  readonly evidence: readonly string[];
}

/** A remedy that an analyst proposes. Its confidence is a claim; what counts is computed from it. */
export type ActionProposal = ActionCall &
  Claims & {
    /** A model proposes it and no built-in rule proposes the same with the same parameters. */
    readonly modelOnly?: boolean;
    /** What its confidence rests on. Absent in what was planned before this was kept: then it counts as written by others. */
    readonly grounds?: Provenance;
    /** What a model says of it beside the built-in rule that proposes it: its own words, on one line. */
    readonly said?: string;
    /** What a model objects to it, citing evidence that exists; a sentence. */
    readonly objection?: string;
  };

/** A remedy that says what it rests on: no built-in rule can propose any other. */
export type GroundedProposal = ActionProposal & { readonly grounds: Provenance };

/** A workload, or the Service in front of it. */
const served = z.strictObject({ namespace, kind: z.enum(['Deployment', 'Service']), name });

/** Parameters of what an analyst may ask for without saying how: the findings choose an action for it. Never a step itself. */
export const choiceParameters = { deploy_missing_pods: served, fix_pod_issues: served } as const;

export type ChoiceName = keyof typeof choiceParameters;
export const choiceNames = Object.keys(choiceParameters) as ChoiceName[];
export type ChoiceProposal = {
  readonly action: ChoiceName;
  readonly parameters: z.infer<typeof served>;
} & Claims;

/** What an analyst may hand in. */
export type Proposal = ActionProposal | ChoiceProposal;
/** The parameters of everything that may be proposed, by name. */
export const proposalParameters = { ...actionParameters, ...choiceParameters };
export type ProposalName = keyof typeof proposalParameters;

/**
 * Checks an action from outside against the catalogue.
 * @throws {z.core.$ZodError} with the paths that are wrong; unknown names and unknown parameters are errors.
 */
export function parseActionCall(value: unknown): ActionCall {
  const call = z.object({ action: z.enum(actionNames), parameters: z.unknown() }).parse(value);
  const parameters = actionParameters[call.action].parse(call.parameters);
  return { action: call.action, parameters } as ActionCall;
}
