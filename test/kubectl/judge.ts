/** Compares what a command was said to do with what kubectl did. */
import type { RiskAssessment } from '../../src/domain/risk.ts';
import type { Entry } from './corpus.ts';
import { deedOf, type Deed, type Observed } from './observe.ts';
import { changesSomething, reachesInside, type Sent } from './recorder.ts';

/** A type that the server has. */
export interface ServedType {
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly group: string;
  readonly version: string;
  readonly namespaced: boolean;
  /** Objects of it can be read. */
  readonly stored: boolean;
}

/** The object that a request is about. */
export interface Reached {
  readonly kind: string;
  /** Undefined where the request names none: a whole collection, or a name that the server makes up. */
  readonly name: string | undefined;
  readonly namespace: string | undefined;
}

export interface Trial {
  readonly entry: Entry;
  readonly assessment: RiskAssessment;
  /** Undefined where it was not run. */
  readonly observed?: Observed;
}

export type Column = 'low' | 'medium' | 'high' | 'rejected';

export function columnOf({ rejected, riskLevel }: RiskAssessment): Column {
  return rejected ? 'rejected' : riskLevel;
}

export function show({ command }: Entry): string {
  return typeof command === 'string' ? command : command.join(' ');
}

/** Reads the object out of a request's path. */
export function reachedBy({ path, bodyName }: Sent, types: readonly ServedType[]): Reached | undefined {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  const group = parts[0] === 'api' ? '' : (parts[1] ?? '');
  const rest = parts.slice(parts[0] === 'api' ? 2 : 3);
  const inNamespace =
    rest[0] === 'namespaces' && rest.length > 2 && !/^(status|finalize)$/.test(rest[2] ?? '');
  const [plural, name] = inNamespace ? rest.slice(2) : rest;
  const type = types.find((each) => each.plural === plural && each.group === group);
  if (type === undefined) return undefined;
  return { kind: type.kind, name: name ?? bodyName, namespace: inNamespace ? rest[1] : undefined };
}

function targetsCover({ targets }: RiskAssessment, reached: Reached): boolean {
  return targets.some(
    ({ kind, name, namespace }) =>
      (kind.toLowerCase() === reached.kind.toLowerCase() || kind === 'all') &&
      (name === '*' || name === reached.name) &&
      (namespace === '*' || namespace === reached.namespace || (namespace === undefined && kind === 'all')),
  );
}

/** Deeds that a command assessed low must never do. */
const grave: ReadonlySet<Deed> = new Set<Deed>(['change', 'connection', 'disk', 'port', 'secret']);

/** What is wrong with an assessment, given what really happened. */
export function faultsOf({ entry, assessment, observed }: Trial, types: readonly ServedType[]): string[] {
  const faults: string[] = [];
  const fault = (what: string) =>
    faults.push(`${show(entry)}${entry.stdin === undefined ? '' : ' (with a manifest)'}: ${what}`);
  if (entry.shell === true && !assessment.rejected)
    fault('holds what only a shell understands, and was accepted');
  if (observed === undefined || assessment.rejected) return faults;
  const deed = deedOf(observed);
  const level = assessment.riskLevel;
  if (grave.has(deed)) {
    const how = `${deed}: ${evidence(observed, deed)}`;
    if (level === 'low') fault(`was assessed low, but there was a ${how}`);
    if (!assessment.mutates && (deed === 'change' || deed === 'connection'))
      fault(`was said to change nothing, but there was a ${how}`);
  }
  if (observed.printedSecret && !assessment.sensitive)
    fault('printed a Secret, and was not called sensitive');
  if (observed.left.length > 0) fault(`left ${observed.left.join(', ')} on the disk and was not rejected`);
  if (deed === 'change') {
    for (const request of observed.sent.filter(changesSomething)) {
      const reached = reachedBy(request, types);
      if (reached === undefined || !targetsCover(assessment, reached)) {
        const said = assessment.targets.map((each) => `${each.kind} ${each.namespace ?? '-'}/${each.name}`);
        fault(`reached ${request.method} ${request.path}, but its targets are: ${said.join(', ') || 'none'}`);
      }
    }
  }
  return faults;
}

function evidence({ sent, left }: Observed, deed: Deed): string {
  if (deed === 'disk') return left.join(', ');
  const request = sent.find(deed === 'change' ? changesSomething : reachesInside);
  return request === undefined ? 'see its output' : `${request.method} ${request.path}${request.query}`;
}

/** Whether kubectl succeeded and did nothing but read or rehearse. */
export function onlyRead({ observed }: Trial): boolean {
  if (observed?.exitCode !== 0) return false;
  return !grave.has(deedOf(observed)) && observed.sent.length > 0;
}

type Rule = readonly [rule: string, holds: (words: readonly string[], flags: readonly string[]) => boolean];

const names = (flags: readonly string[], pattern: RegExp) => flags.some((flag) => pattern.test(flag));
const verbIs = (words: readonly string[], pattern: RegExp) => pattern.test(words.slice(1).join(' '));

/** The rows of the risk table in the design that put a command above low though it only reads. */
const rules: readonly Rule[] = [
  ['-A, --all-namespaces or --all', (_, flags) => names(flags, /^(-A|--all-namespaces|--all)(=true)?$/)],
  ['a kube-* namespace', (words) => names(words, /^(-n=?|--namespace=)?kube-/)],
  ['takes in every namespace: cluster-info dump', (words) => verbIs(words, /\bcluster-info dump\b/)],
  ['get --raw', (_, flags) => names(flags, /^--raw(=|$)/)],
  [
    "a Secret's values, or output that may hold them",
    (words, flags) =>
      names(words, /(^|,)secrets?(\.v1\.)?(\/|,|$)/i) ||
      names(flags, /^(-v=?\d|-v$|--v|--vmodule|--resolve)/),
  ],
  ['-f or -k', (_, flags) => names(flags, /^(-f|-k|--filename|--kustomize)/)],
  ['reads or writes a local file', (_, flags) => names(flags, /^(--profile|--cache-dir|--.*-file|--from-)/)],
  ['a template from a file', (words) => names(words, /(jsonpath-file|template-?file|custom-columns-file)/)],
  [
    'changes identity or target',
    (_, flags) =>
      names(
        flags,
        /^(-s|--(as|as-.*|server|token|user|username|password|context|cluster|kubeconfig|kuberc))(=|$)/,
      ) || names(flags, /^--(insecure-skip-tls-verify|tls-server-name|client-.*|certificate-authority)(=|$)/),
  ],
  ['interactive', (_, flags) => names(flags, /^(-i|-t|-it|--stdin|--tty|--interactive|--edit)(=|$)/)],
  [
    'a verb that never runs',
    (words) => verbIs(words, /\b(edit|attach|config|kuberc|proxy|cp|plugin|kustomize|completion|alpha)\b/),
  ],
  ['--local works on a local manifest', (_, flags) => names(flags, /^--local/)],
  [
    'nobody can say whether a dry run is meant: --dry-run needs server or client',
    (_, flags) => flags.findLast((flag) => flag.startsWith('--dry-run')) === '--dry-run',
  ],
  [
    'changes whatever it finds, and found nothing to change',
    (words, flags) =>
      !names(flags, /^--(dry-run=(server|client)|list)/) &&
      verbIs(
        words,
        /\b(cordon|uncordon|drain|label|annotate|set|scale|patch|apply|rollout (undo|restart|pause|resume)|taint|delete)\b/,
      ),
  ],
];

/** Which row of the table puts a command that only reads above low; undefined where none does. */
export function ruleFor({ entry, assessment }: Trial): string | undefined {
  if (entry.shell === true) return 'not one plain command';
  const words = typeof entry.command === 'string' ? entry.command.split(' ') : entry.command;
  if (typeof entry.command === 'string' && /^Not one plain command/.test(assessment.reason)) {
    return 'not one plain command';
  }
  const dashes = words.indexOf('--');
  const own = dashes < 0 ? words : words.slice(0, dashes);
  const flags = own.filter((word) => word.startsWith('-'));
  return rules.find(([, holds]) => holds(own, flags))?.[0];
}
