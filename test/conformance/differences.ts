/** The differences between the practice cluster and a real Kubernetes 1.20 that are all right, each with its reason. */
import type { Difference } from './compare.ts';
import type { Question } from './exchange.ts';

export interface Reason {
  readonly why: string;
  /** It depends on the moment whether there is such a difference: not every comparison has one. */
  readonly momentary?: true;
  /** Of the question's path; any where it is absent. */
  readonly path?: RegExp;
  readonly at?: RegExp;
  readonly real?: RegExp;
  readonly practice?: RegExp;
}

/** Two ways of saying one thing: both are taken for the word before anything is compared. */
export interface Spelling {
  readonly why: string;
  readonly pattern: RegExp;
  readonly word: string;
}

export const spellings: readonly Spelling[] = [
  {
    why: 'Since 1.26 the event of a scaled ReplicaSet says what it was scaled from.',
    pattern: /\b(Scaled (?:up|down) replica set \S+) (?:from \d+ )?to\b/g,
    word: '$1 to',
  },
  {
    why: 'Since 1.26 the event of a back-off names container and pod.',
    pattern: /\b(Back-off restarting failed container) \S+ in pod [^"\s]+/g,
    word: '$1',
  },
  {
    why: 'The real node of the tests has every image already; a practice node pulls one that is new to it.',
    pattern:
      /(?:Container image (\\?"[^"]*") already present on machine|Successfully pulled image (\\?"[^"]*") in [^"]*)/g,
    word: 'Image $1$2 is there',
  },
  {
    why: 'The real node of the tests reaches no registry; that of practice answers that there is no such image.',
    pattern: /rpc error: code = \w+ desc = failed to pull and unpack image (?:[^"\\]|\\+")*/g,
    word: 'rpc error: {no such image}',
  },
  {
    why: 'In which words a scheduler says why no machine will do differs with its release, and how many there are with the cluster.',
    pattern: /\b0\/\d+ nodes are available: (?:[^"\\]|\\+")*/g,
    word: '0/{n} nodes are available: {why}',
  },
  {
    why: 'Since 1.26 a quota that wants a limit names the containers without one.',
    pattern: /\b(must specify limits\.cpu) for: [\w,-]+/g,
    word: '$1',
  },
];

/** Groups and versions of the API that 1.20 serves and later releases do not, or that practice has no use for. */
const otherVersions =
  /\/v\d+(alpha|beta)\d|^\/apis\/(apiregistration|certificates|admissionregistration|apiextensions|scheduling|node|flowcontrol)[./]/;

const absent = /^$/;

export const reasons: readonly Reason[] = [
  {
    why: 'The practice cluster serves no versions that have gone since 1.20, and no types that no incident needs.',
    path: otherVersions,
    at: /^answer$/,
    practice: /^404 /,
  },
  {
    why: '1.20 does not serve this type, version or subresource yet.',
    at: /^answer$/,
    real: /^404 \S+ (Status the server could not find the requested resource)?$/,
    practice: /^20[01] /,
  },
  {
    why: 'Since 1.26 an API server lists its groups in one document (aggregated discovery).',
    path: /^\/apis?(\?|$)/,
    at: /^answer$/,
    practice: /APIGroupDiscoveryList/,
  },
  {
    why: 'Where the list of its own addresses is asked for, the practice cluster names none.',
    path: /^\/api(\?|$)/,
    at: /serverAddressByClientCIDRs/,
  },
  {
    why: 'What an API server lists of its types differs with its release; practice has those that incidents need.',
    path: /^\/apis?(\/|\?|$)/,
    at: /^body\.(resources|groups|groupVersion|apiVersion$)/,
  },
  {
    why: 'Since 1.27 a list can be sent as the beginning of a watch; 1.20 refuses that, and kubectl lists instead.',
    path: /sendInitialEvents=true/,
    at: /^answer$/,
    real: /^422 /,
  },
  {
    why: 'It says which release it is.',
    path: /^\/version/,
    at: /^body\./,
  },
  {
    why: 'Of OpenAPI practice has what kubectl needs to leave validation to the server, in the newer form.',
    path: /^\/openapi\//,
    at: /^answer$/,
  },
  {
    why: 'Since 1.33 pods count their generations.',
    at: /\.metadata\.generation$/,
    real: absent,
    practice: /^1$/,
  },
  {
    why: 'Since 1.34 a moment that never was is left out of metadata.',
    at: /metadata\.creationTimestamp$/,
    real: /^null$/,
    practice: absent,
  },
  {
    why: 'Since 1.21 a Service says which kind of address it has and where its traffic stays.',
    at: /\.spec\.(internalTrafficPolicy|ipFamilies|ipFamilyPolicy)$/,
    real: absent,
  },
  {
    why: 'Since 1.21 a namespace carries its name as a label.',
    at: /\.labels(\.kubernetes\.io\/metadata\.name)?$/,
    real: absent,
    practice: /kubernetes\.io\/metadata\.name|^"shop-/,
  },
  {
    why: 'The real API server of the tests runs without the ServiceAccount plugin, which names the account of every pod.',
    at: /\.spec\.serviceAccount(Name)?$/,
    real: absent,
    practice: /^"default"$/,
  },
  {
    why: 'In the real node of the tests all images are one under many names, of which it says any.',
    at: /[sS]tatuses\[[^\]]*\]\.image(ID)?$/,
  },
  {
    why: 'They are other machines.',
    path: /^\/api\/v1\/nodes|^\/apis\/metrics\.k8s\.io\/v1beta1\/nodes|kube-node-lease|\/api\/v1\/pods\?fieldSelector=spec\.nodeName/,
    at: /^body(\.items\[[^\]]*\]|\.rows\[[^\]]*\])?(\.(status|spec|usage|metadata\.(labels|annotations|ownerReferences))\b|\.cells\.|$)/,
  },
  {
    why: 'A real Endpoints object of 1.20 notes what last changed and which version of a pod it means; nobody reads it.',
    at: /last-change-trigger-time|targetRef\.resourceVersion|^body(\.items\[[^\]]*\])?\.metadata\.annotations$/,
    path: /\/endpoints/,
  },
  {
    why: 'A real scheduler writes its events in the newer form, the one of practice in the older; kubectl shows both alike.',
    at: /\[[^\]]*(Scheduled|FailedScheduling)[^\]]*\]\.(action|eventTime|firstTimestamp|lastTimestamp|reportingComponent|reportingInstance|source(\.component)?|count|cells\.(Source|Count|First Seen))$/,
  },
  {
    why: 'Since 1.22 the column of restarts is a text that says when the last one was.',
    at: /\.cells\.Restarts$|columnDefinitions\[Restarts\]\.type$/,
  },
  {
    why: 'Since 1.31 a Job has a column with its status, and a claim one with its class of attributes.',
    at: /(columnDefinitions\[(Status|VolumeAttributesClass)\]|\.cells\.(Status|VolumeAttributesClass))$/,
    path: /\/(jobs|persistentvolume)/,
    real: absent,
  },
  {
    why: 'A real node begins to ask for readiness before the application has come up; the simulated one asks when it is up.',
    momentary: true,
    at: /\[[^\]]*Unhealthy[^\]]*\]$/,
    practice: absent,
  },
  {
    why: 'The real node of the tests has every image already: it never says that it pulls.',
    at: /\[[^\]]*Pulling[^\]]*\]$/,
    real: absent,
  },
  {
    why: 'Nobody reads in practice what the real controllers put into every namespace: an account, its token, an authority.',
    at: /\[(default|default-token-[^\]]*|kube-root-ca\.crt)\]$/,
    practice: absent,
  },
  {
    why: 'What was asked comes back as far as practice reads it; nobody reads it there.',
    path: /reviews/,
    at: /^body\.(spec|status)\./,
  },
  {
    why: 'Since 1.27 a Job and its pods carry each label under its new name, too, and a Job is selected by the new one.',
    at: /batch\.kubernetes\.io\/(controller-uid|job-name)$|matchLabels\.controller-uid$|\.cells\.Selector$/,
    path: /\/(jobs|pods)/,
  },
  {
    why: 'A Job of 1.20 has no generation, no mode of completion and no suspension.',
    path: /\/jobs/,
    at: /\.metadata\.generation$|\.spec\.(completionMode|podReplacementPolicy|suspend)$/,
    real: absent,
  },
  {
    why: 'Since 1.31 the column of an autoscaler says what it measures.',
    at: /\.cells\.Targets$/,
  },
  {
    why: 'Events of an autoscaler name the version of the API that its controller asks: v2beta2 in 1.20.',
    at: /HorizontalPodAutoscaler[^\]]*\]\.involvedObject\.apiVersion$/,
  },
  {
    why: 'What an autoscaler says until the first metrics are there, and how much it has measured by then, is a matter of the moment.',
    momentary: true,
    path: /\/shop-hpa-/,
    at: /(FailedGetResourceMetric|FailedComputeMetricsReplicas)[^\]]*\]$|currentCPUUtilizationPercentage$|current-metrics$/,
  },
  {
    why: 'Since 1.28 the status of an init container says whether it has started.',
    at: /\.initContainerStatuses\[[^\]]*\]\.started$/,
    real: absent,
    practice: /^false$/,
  },
  {
    why: 'Whether a rollout was complete for a moment, before the probe killed what it had started, is a matter of the moment.',
    momentary: true,
    path: /\/shop-liveness-port\//,
    at: /\.conditions\[Progressing\]\.(reason|message)$/,
  },
  {
    why: 'Time goes faster in the comparison: a rollout may be past its deadline there that is not yet on the real one.',
    momentary: true,
    at: /\.conditions\[Progressing\]\.(reason|message|status)$/,
    real: /ReplicaSetUpdated|is progressing|^"True"$/,
    practice: /ProgressDeadlineExceeded|timed out progressing|^"False"$/,
  },
  {
    why: 'After a start that failed a container waits with the error for a moment, and then with its back-off.',
    momentary: true,
    at: /(\.cells\.Status|\.state\.waiting\.(reason|message))$/,
    real: /CrashLoopBackOff|back-off \{duration\} restarting/,
    practice: /RunContainerError|failed to create containerd task/,
  },
  {
    why: 'How many pods that keep away from each other find room depends on how many machines there are.',
    path: /\/shop-anti-affinity\//,
    at: /\.cells\.|\[[^\]]*\]$|\.(nodeName|conditions\[PodScheduled\]\.\w+|phase|containerStatuses|hostIP|podIPs?|startTime|\w+Replicas|remainingItemCount)$|^answer$/,
  },
  {
    why: 'The same, in a list of all namespaces: how many of them find room depends on the machines.',
    momentary: true,
    path: /^\/api\/v1\/pods\?/,
    at: /^body\.rows\[ratings-[^\]]*\]\.cells\./,
  },
  {
    why: 'A real scheduler counts in its own way how often it has said so.',
    momentary: true,
    at: /FailedScheduling[^\]]*\](\.series)?$/,
    practice: absent,
  },
  {
    why: 'A real recorder says in one event what it has said ten times of one object; practice keeps each.',
    momentary: true,
    at: /\[[^\]]*\(combined from similar events\)[^\]]*\]$/,
    practice: absent,
  },
  {
    why: 'In 1.20 no object belongs to an account of its own making: its token is kept in a Secret, as until 1.24.',
    path: /\/serviceaccounts/,
    at: /\.secrets$|\.cells\.Secrets$/,
  },
  {
    why: 'Nobody reads in practice what real controllers and their rights are called; it has those of the incidents.',
    path: /\/(clusterroles|clusterrolebindings|serviceaccounts)/,
    at: /^answer$|\[(cluster-admin|system:[^\]]*)\]$/,
    practice: /^$|^404 /,
  },
  {
    why: 'Simulated machines are marked in another way where there are real ones beside them.',
    path: /\/shop-(rbac-denied|node-not-ready)\//,
    at: /\.(nodeSelector|tolerations)\b/,
  },
  {
    why: 'How often an application has logged by then that it may not do something is a matter of the moment.',
    momentary: true,
    path: /\/shop-rbac-denied\/pods\/[^/]+\/log/,
    at: /^body\[/,
  },
  {
    why: 'That a machine does not answer is said in the words of whoever asked it.',
    path: /\/log\?/,
    at: /^answer$/,
    real: /^500 .*Get "https:/,
    practice: /^500 .*Get "https:/,
  },
  {
    why: 'A number that may be a percentage is printed as Go has it.',
    at: /^answer$/,
    real: /Invalid value: \{value\}: may not be 0 when/,
    practice: /Invalid value: \S+: may not be 0 when/,
  },
  {
    why: 'Two real controllers write to one Endpoints object now and then; in practice one writer does.',
    momentary: true,
    at: /\[[^\]]*FailedToUpdateEndpoint[^\]]*\]$/,
    practice: absent,
  },
  {
    why: 'The authority and the token that real controllers put into every namespace are described there and not in practice.',
    path: /\/(kube-root-ca\.crt|default-token-\w+)$/,
    at: /^answer$/,
  },
  {
    why: 'Which character a selector fails at is said in other words.',
    at: /^answer$/,
    real: /^400 .*unable to parse requirement/,
    practice: /^400 .*unable to parse requirement/,
  },
  {
    why: 'A value of a wrong type is refused with the field that it is in, not with the whole object.',
    at: /^answer$/,
    real: /^422 \S+ Status  "" is invalid: patch: /,
    practice: /^422 \S+ Status Deployment\.apps /,
  },
  {
    why: 'Since 1.27 a request above its limit is refused with the limit.',
    at: /^answer$/,
    real: /must be less than or equal to memory limit$/,
    practice: /must be less than or equal to memory limit of /,
  },
  {
    why: 'Since 1.21 a patch that names another identity is a conflict.',
    at: /^answer$/,
    real: /metadata\.uid: Invalid value/,
    practice: /^409 .*Precondition failed: UID/,
  },
  {
    why: 'What of a pod may be changed has grown since 1.20; the rest of the message is a comparison of Go values.',
    at: /^answer$/,
    real: /pod updates may not change fields other than/,
    practice: /pod updates may not change fields other than/,
  },
  {
    why: 'That there is no such path is said in other words, and kubectl shows its own.',
    at: /^answer$/,
    real: /^404 /,
    practice: /^404 /,
    path: /^\/(nowhere|apis\/resource\.k8s\.io)/,
  },
];

/** @returns the first reason for a difference */
export function reasonFor(
  { path }: Question,
  { at, real = '', practice = '' }: Difference,
): Reason | undefined {
  return reasons.find(
    (reason) =>
      (reason.path?.test(path) ?? true) &&
      (reason.at?.test(at) ?? true) &&
      (reason.real?.test(real) ?? true) &&
      (reason.practice?.test(practice) ?? true),
  );
}
