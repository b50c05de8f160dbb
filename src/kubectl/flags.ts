/**
 * The flags of kubectl 1.36, as `kubectl options` and `kubectl <verb> --help` list them: what each takes, and which of
 * them no command may carry.
 */

export interface Flag {
  /** Long name without dashes. */
  readonly name: string;
  readonly short?: string;
  /** `optional` takes a value only after `=`; bare it means `whenBare`. */
  readonly kind: 'boolean' | 'value' | 'optional';
  readonly whenBare?: string;
  /** Why a command that carries it never runs. */
  readonly refused?: string;
  /** @returns what is wrong with a value, as a clause that follows the flag's name */
  readonly check?: (value: string) => string | undefined;
}

type Check = NonNullable<Flag['check']>;

/** Splits `o output` into short and long name. */
function named(names: string): { name: string; short?: string } {
  const [first = '', second] = names.split(' ');
  return second === undefined ? { name: first } : { name: second, short: first };
}

const value = (names: string, check?: Check): Flag => ({
  ...named(names),
  kind: 'value',
  ...(check === undefined ? {} : { check }),
});
const boolean = (names: string): Flag => ({ ...named(names), kind: 'boolean' });
const refusedValue = (names: string, refused: string): Flag => ({ ...named(names), kind: 'value', refused });
const refusedBoolean = (names: string, refused: string): Flag => ({
  ...named(names),
  kind: 'boolean',
  refused,
});

/** Only plain decimal numbers: `0x0` and `00` are zero for kubectl too, and would hide it from people. */
const whole: Check = (text) =>
  /^-?(0|[1-9]\d{0,8})$/.test(text) ? undefined : 'needs a plain decimal number';

const oneOf =
  (...allowed: readonly string[]): Check =>
  (text) =>
    allowed.includes(text) ? undefined : `must be one of ${allowed.join(', ')}`;

const namespaceName = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const namespace: Check = (text) => (namespaceName.test(text) ? undefined : 'needs the name of a namespace');

const outputFormats = new Set([
  ...['', 'json', 'yaml', 'kyaml', 'name', 'wide', 'plaintext', 'plaintext-openapiv2'],
  ...['jsonpath', 'jsonpath-as-json', 'go-template', 'template', 'custom-columns'],
]);
const outputFiles = new Set(['jsonpath-file', 'go-template-file', 'templatefile', 'custom-columns-file']);
const outputFormat: Check = (text) => {
  const equals = text.indexOf('=');
  const format = equals < 0 ? text : text.slice(0, equals);
  if (outputFiles.has(format)) return `${format} would read a local file`;
  return outputFormats.has(format) ? undefined : 'names a format that kubectl 1.36 does not have';
};

const ownMachine: Check = (text) =>
  ['localhost', '127.0.0.1', '::1'].includes(text) ? undefined : 'would let others in from the network';

const objectNameSyntax = /^[A-Za-z0-9][A-Za-z0-9._:@+-]*$/;
/** What a name may hold that ends up in a path of the API. */
const objectName: Check = (text) => (objectNameSyntax.test(text) ? undefined : 'needs the name of an object');

/** An override may change what an object is told to do, not which object it is. */
const overridesOnlySpec: Check = (text) => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return 'needs JSON';
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return 'needs a JSON object';
  const stray = Object.keys(parsed).find((key) => key !== 'apiVersion' && key !== 'spec');
  if (stray !== undefined) return `may hold apiVersion and spec only, not "${stray}"`;
  const version = (parsed as { apiVersion?: unknown }).apiVersion;
  return version === undefined || version === 'v1' ? undefined : 'may not change the API version';
};

const notFromInput: Check = (text) => (text === '-' ? 'would read standard input' : undefined);

const identity = 'would change who talks to which cluster; both are pinned';
const localFile = 'would read or write a local file';
const manifest = 'needs a manifest, and only manifests that the run itself wrote may be used';
const prunes = 'would delete whatever the manifest does not name, and nobody can tell what that is';
const interactive = 'is interactive, and nobody sits at the keyboard of a run';

/** Taken by every command, before or after the verb. */
export const globalFlags: readonly Flag[] = [
  value('n namespace', namespace),
  value('request-timeout'),
  value('v v', whole),
  value('vmodule'),
  value('log-flush-frequency'),
  boolean('disable-compression'),
  boolean('match-server-version'),
  boolean('warnings-as-errors'),
  refusedValue('as', identity),
  refusedValue('as-group', identity),
  refusedValue('as-uid', identity),
  refusedValue('as-user-extra', identity),
  refusedValue('certificate-authority', identity),
  refusedValue('client-certificate', identity),
  refusedValue('client-key', identity),
  refusedValue('cluster', identity),
  refusedValue('context', identity),
  refusedBoolean('insecure-skip-tls-verify', identity),
  refusedValue('kubeconfig', identity),
  refusedValue('kuberc', identity),
  refusedValue('password', identity),
  refusedValue('s server', identity),
  refusedValue('tls-server-name', identity),
  refusedValue('token', identity),
  refusedValue('user', identity),
  refusedValue('username', identity),
  refusedValue('cache-dir', localFile),
  refusedValue('profile', localFile),
  refusedValue('profile-output', localFile),
  refusedBoolean('h help', 'asks for help instead of doing something'),
];

/** Groups and single flags that several verbs share. Where a short name means different things, the verb says which. */
export const allNamespaces = boolean('A all-namespaces');
export const all = boolean('all');
export const selector = value('l selector');
export const chunkSize = value('chunk-size', whole);
export const fieldSelector = value('field-selector');
export const output = value('o output', outputFormat);
export const managedFields = boolean('show-managed-fields');
export const printing: readonly Flag[] = [
  output,
  value('template'),
  boolean('allow-missing-template-keys'),
  managedFields,
];
export const recursive = boolean('R recursive');
export const kustomize = refusedValue('k kustomize', manifest);
/** `-` is the manifest that the run itself carries; everything else is a file or an address. */
export const filename = value('f filename', (text) => (text === '-' ? undefined : manifest));
export const plainManifests: readonly Flag[] = [filename, recursive];
export const manifests: readonly Flag[] = [...plainManifests, kustomize];
/** The same flags on verbs where no manifest can be judged. */
export const noManifests: readonly Flag[] = [refusedValue('f filename', manifest), kustomize, recursive];
export const local = refusedBoolean('local', 'works on local manifests instead of the cluster');
/** Other values than these three mean different things to different versions of kubectl. */
export const dryRun: Flag = {
  name: 'dry-run',
  kind: 'optional',
  whenBare: 'unchanged',
  check: (text) =>
    ['none', 'server', 'client'].includes(text)
      ? undefined
      : 'must be written --dry-run=server or --dry-run=client',
};
/** `auth reconcile` has no rehearsal on the server. */
export const clientDryRun: Flag = {
  ...dryRun,
  check: (text) => (['none', 'client'].includes(text) ? undefined : 'must be written --dry-run=client'),
};
export const cascade: Flag = {
  name: 'cascade',
  kind: 'optional',
  whenBare: 'background',
  check: oneOf('background', 'foreground', 'orphan'),
};
export const validate: Flag = {
  name: 'validate',
  kind: 'optional',
  whenBare: 'strict',
  check: oneOf('strict', 'true', 'warn', 'ignore', 'false'),
};
export const saveConfig = boolean('save-config');
export const gracePeriod = value('grace-period', whole);
export const force = boolean('force');
export const fieldManager = value('field-manager');
export const resourceVersion = value('resource-version');
export const timeout = value('timeout');
export const overwrite = boolean('overwrite');
/** `proxy` or `log` would send a request to something other than the API server's own storage. */
export const subresource = value('subresource', oneOf('status', 'scale', 'resize'));

export {
  boolean,
  interactive,
  localFile,
  manifest,
  notFromInput,
  objectName,
  oneOf,
  overridesOnlySpec,
  ownMachine,
  prunes,
  refusedBoolean,
  refusedValue,
  value,
  whole,
};
