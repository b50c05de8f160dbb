/** The commands that are tried: what the help shows, variants of it, known bypasses, and what people type every day. */
import { everyday, handWritten } from './everyday.ts';
import type { HelpPage } from './examples.ts';

export interface Entry {
  readonly origin: 'help' | 'variant' | 'bypass' | 'everyday';
  /** A list of words, or text as a person would type it. */
  readonly command: readonly string[] | string;
  /** Read by `-f -`. */
  readonly stdin?: string;
  /** It does what only a shell could do, so it must be rejected. */
  readonly shell?: boolean;
}

/** Words as a shell reads them, where nothing but quotes needs a shell; undefined elsewhere. */
export function plainWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === "'" || character === '"') {
      const end = text.indexOf(character, at + 1);
      if (end < 0) return undefined;
      const inside = text.slice(at + 1, end);
      if (character === '"' && /[$`\\]/.test(inside)) return undefined;
      word = (word ?? '') + inside;
      at = end;
    } else if (character === ' ') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (/[;&|<>()$`\\]/.test(character)) {
      return undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** Where a flag of the verb may stand at the latest. */
function beforeDashes(argv: readonly string[], ...added: readonly string[]): string[] {
  const dashes = argv.indexOf('--');
  const end = dashes < 0 ? argv.length : dashes;
  return [...argv.slice(0, end), ...added, ...argv.slice(end)];
}

const spellings: readonly (readonly string[])[] = [
  ['pod', 'pods', 'po', 'Pod', 'pods.v1.', 'PODS'],
  ['deployment', 'deployments', 'deploy', 'Deployment', 'deployments.apps', 'deployment.v1.apps'],
  ['daemonset', 'daemonsets', 'ds', 'daemonset.apps', 'DaemonSet.v1.apps'],
  ['statefulset', 'statefulsets', 'sts', 'sts.apps'],
  ['service', 'services', 'svc', 'Service', 'svc.v1.'],
  ['node', 'nodes', 'no', 'Node'],
  ['rc', 'replicationcontroller', 'replicationcontrollers'],
  ['rs', 'replicasets', 'replicaset.apps'],
  ['job', 'jobs', 'job.v1.batch', 'Job.batch'],
  ['secret', 'secrets', 'Secret', 'secrets.v1.'],
  ['clusterrolebinding', 'clusterrolebindings', 'clusterrolebindings.rbac.authorization.k8s.io'],
];
const families = new Map(spellings.flatMap((family) => family.map((word) => [word, family] as const)));

/** The same command with the types of its objects spelled otherwise. */
function respelled(argv: readonly string[]): string[][] {
  const at = argv.findIndex(
    (word, index) => index > 1 && families.has(word.includes('/') ? word.slice(0, word.indexOf('/')) : word),
  );
  const word = argv[at];
  if (word === undefined) return [];
  const [type = '', name] = word.split('/');
  const others = (families.get(type) ?? []).filter((other) => other !== type);
  const variants = others.map((other) => argv.with(at, name === undefined ? other : `${other}/${name}`));
  const next = argv[at + 1];
  if (name !== undefined && !argv.some((other, index) => index !== at && other.includes('/'))) {
    variants.push([...argv.slice(0, at), type, name, ...argv.slice(at + 1)]);
  } else if (name === undefined && next !== undefined && /^[a-z][\w-]*\w$/.test(next)) {
    variants.push([...argv.slice(0, at), `${type}/${next}`, ...argv.slice(at + 2)]);
  }
  return variants.map((variant) => [...variant]);
}

/** `--flag=value` as two words, and the other way round. */
function reflagged(argv: readonly string[], flags: HelpPage['flags']): string[][] {
  const variants: string[][] = [];
  for (const [at, word] of argv.entries()) {
    if (word === '--') break;
    const [, name = '', value] = /^--([\w-]+)(?:=(.*))?$/.exec(word) ?? [];
    const flag = flags.get(name);
    if (flag === undefined || name === 'dry-run' || name === 'cascade') continue;
    if (value !== undefined && !flag.boolean) {
      variants.push([...argv.slice(0, at), `--${name}`, value, ...argv.slice(at + 1)]);
      variants.push(['kubectl', word, ...argv.slice(1).filter((_, index) => index + 1 !== at)]);
    } else if (value === undefined && flag.boolean) {
      variants.push([...argv.slice(0, at), `--${name}=true`, ...argv.slice(at + 1)]);
      variants.push([...argv.slice(0, at), `--${name}=false`, ...argv.slice(at + 1)]);
    }
  }
  return variants;
}

/** The same command elsewhere, as a rehearsal, for more objects, in other forms of output. */
function variantsOf(argv: readonly string[], page: HelpPage, index: number): string[][] {
  const { flags } = page;
  const variants = [
    ['kubectl', '-n', 'prod', ...argv.slice(1)],
    beforeDashes(argv, '--namespace=prod'),
    beforeDashes(argv, '-nprod'),
    ['kubectl', '--namespace', 'prod', '--request-timeout=30s', ...argv.slice(1)],
    ...respelled(argv),
    ...reflagged(argv, flags),
  ];
  if (flags.has('dry-run')) {
    const verbWords = page.verb.split(' ').length + 1;
    variants.push(
      beforeDashes(argv, '--dry-run=server'),
      beforeDashes(argv, '--dry-run=client'),
      beforeDashes(argv, '--dry-run=none'),
      [...argv.slice(0, verbWords), '--dry-run=client', '-o', 'yaml', ...argv.slice(verbWords)],
      beforeDashes(argv, '--dry-run=server', '--dry-run=none'),
    );
  }
  if (flags.has('selector')) variants.push(beforeDashes(argv, '-l', 'app=nginx'));
  if (flags.has('all')) variants.push(beforeDashes(argv, '--all'));
  if (flags.has('all-namespaces')) variants.push(beforeDashes(argv, '-A'));
  if (flags.has('output')) {
    const formats = ['json', 'yaml', 'name', 'wide', 'jsonpath={.metadata.name}'];
    variants.push(beforeDashes(argv, '-o', formats[index % formats.length] ?? 'json'));
    variants.push(beforeDashes(argv, `-o=${formats[(index + 1) % formats.length] ?? 'json'}`));
  }
  if (index % 9 === 0) variants.push(['kubectl', '-n', 'kube-system', ...argv.slice(1)]);
  return variants;
}

/** A local file, folder or address of the example itself is not there: the command would only fail. */
const fileFlags = /^(-f|--filename|-k|--kustomize)/;

/** Of the variants, every nth: all of them would take half an hour, and repeat themselves. */
const nthVariant = 4;

/**
 * All commands, each once, always in the same order.
 * @param pages the help of the real kubectl
 */
export function buildCorpus(pages: readonly HelpPage[]): Entry[] {
  const corpus = new Map<string, Entry>();
  const add = (entry: Entry) => {
    const key = JSON.stringify([entry.command, entry.stdin ?? '']);
    if (!corpus.has(key)) corpus.set(key, entry);
  };
  let variants = 0;
  for (const page of pages) {
    for (const [index, example] of page.examples.entries()) {
      const argv = plainWords(example);
      if (argv?.[0] !== 'kubectl') {
        add({ origin: 'help', command: example, shell: true });
        continue;
      }
      add({ origin: 'help', command: argv });
      if (argv.some((word) => fileFlags.test(word)) || page.verb.startsWith('config')) continue;
      for (const command of variantsOf(argv, page, index)) {
        if (variants++ % nthVariant === 0) add({ origin: 'variant', command });
      }
    }
  }
  for (const entry of handWritten) add(entry);
  for (const command of everyday) add({ origin: 'everyday', command });
  return [...corpus.values()];
}

/** Every nth of the corpus, so that about `wanted` remain. */
export function sampleOf(corpus: readonly Entry[], wanted: number): Entry[] {
  const step = Math.max(1, Math.floor(corpus.length / wanted));
  return corpus.filter((_, index) => index % step === 0);
}
