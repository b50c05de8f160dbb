/** Which kubeconfig file and which context to use, decided once and then pinned. */
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { OncallError } from '../domain/error.ts';
import { redact } from '../domain/redaction.ts';

/** What has to be known of a kubeconfig file to choose it. */
export interface KubeconfigContents {
  readonly currentContext: string | undefined;
  readonly contexts: readonly string[];
}

export interface KubeconfigChoice<T extends KubeconfigContents> {
  /** Absolute path. */
  readonly path: string;
  readonly context: string;
  readonly contents: T;
}

/** The files to look at, absolute, in order: the given one alone, else those of KUBECONFIG, else `~/.kube/config`. */
export function kubeconfigPaths(
  explicit: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  const home = env['HOME'] || env['USERPROFILE'] || homedir();
  const absolute = (path: string): string => resolve(path.replace(/^~(?=$|[/\\])/, home));
  if (explicit) return [absolute(explicit)];
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  return listed.length > 0 ? listed.map(absolute) : [join(home, '.kube', 'config')];
}

/**
 * Chooses the file and the context. Where no context is asked for, the first file that sets `current-context` decides, as in kubectl;
 * the file is the first one that holds the context, because kubectl is given exactly one.
 * @param read a file's contents, or undefined where there is no such file; throws on a file that is no kubeconfig
 * @throws OncallError `kubeconfig-missing`, `kubeconfig-invalid` or `context-missing`
 */
export function chooseKubeconfig<T extends KubeconfigContents>(
  paths: readonly string[],
  context: string | undefined,
  read: (path: string) => T | undefined,
): KubeconfigChoice<T> {
  const files = readKubeconfigs(paths, read);
  const known = [...new Set(files.flatMap(({ contents }) => contents.contexts))];
  const there = known.length === 0 ? 'It holds no context.' : `There are: ${known.join(', ')}.`;
  const wanted = context || files.find(({ contents }) => contents.currentContext)?.contents.currentContext;
  if (!wanted) {
    throw new OncallError(
      'context-missing',
      `The kubeconfig ${files.map(({ path }) => path).join(', ')} sets no current context`,
      `Set oncall.kubernetes.context. ${there}`,
    );
  }
  const file = files.find(({ contents }) => contents.contexts.includes(wanted));
  if (file === undefined) {
    throw new OncallError(
      'context-missing',
      `The kubeconfig ${files.map(({ path }) => path).join(', ')} has no context "${wanted}"`,
      `Set oncall.kubernetes.context to one that it has. ${there}`,
    );
  }
  return { ...file, context: wanted };
}

/**
 * The files that there are.
 * @param read as for {@link chooseKubeconfig}
 * @throws OncallError `kubeconfig-missing` where there is none, `kubeconfig-invalid`
 */
export function readKubeconfigs<T>(
  paths: readonly string[],
  read: (path: string) => T | undefined,
): { readonly path: string; readonly contents: T }[] {
  const files = paths.flatMap((path) => {
    const contents = readOrExplain(path, read);
    return contents === undefined ? [] : [{ path, contents }];
  });
  if (files.length > 0) return files;
  throw new OncallError(
    'kubeconfig-missing',
    `There is no kubeconfig at ${paths.join(' or ')}`,
    'Set oncall.kubernetes.kubeconfig to the file that kubectl uses, or create it.',
  );
}

function readOrExplain<T>(path: string, read: (path: string) => T | undefined): T | undefined {
  try {
    return read(path);
  } catch (error) {
    throw new OncallError(
      'kubeconfig-invalid',
      `The kubeconfig ${path} cannot be read: ${firstLine(error)}`,
      'Check the file with "kubectl config view".',
      { cause: error },
    );
  }
}

function firstLine(error: unknown): string {
  return redact((error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '');
}
