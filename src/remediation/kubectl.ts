/** Where kubectl is. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { OncallError } from '../domain/error.ts';
import { absoluteEntries } from '../cluster/environment.ts';

export { cleanedEnvironment } from '../cluster/environment.ts';

/** Where kubectl often is when an editor that was started from a desktop has a short search path. */
const usualFolders = ['/usr/local/bin', '/opt/homebrew/bin', '/usr/bin', '/snap/bin'];
const installPage = 'https://kubernetes.io/docs/tasks/tools/';
const fileName = process.platform === 'win32' ? 'kubectl.exe' : 'kubectl';

/**
 * Finds the kubectl to run, as an absolute path: the configured one, else the first on the search path, else one in
 * the usual folders. Relative entries of the search path are passed over: they would mean the current folder.
 * @param configured `oncall.kubernetes.kubectlPath`
 * @param fallback folders to look in after the search path
 * @throws OncallError `kubectl-missing`, naming where it looked
 */
export async function findKubectl(
  configured: string | undefined,
  env: NodeJS.ProcessEnv,
  fallback: readonly string[] = usualFolders,
): Promise<string> {
  if (configured !== undefined && configured !== '') return configuredKubectl(configured);
  const folders = [...new Set([...absoluteEntries(env['PATH'] ?? env['Path'] ?? ''), ...fallback])];
  for (const folder of folders) {
    const path = join(folder, fileName);
    if (await isExecutable(path)) return path;
  }
  throw new OncallError(
    'kubectl-missing',
    `No kubectl was found in ${folders.length === 0 ? 'any folder: the search path is empty' : folders.join(', ')}`,
    `Install it (${installPage}), or set "oncall.kubernetes.kubectlPath" to where it is.`,
  );
}

async function configuredKubectl(path: string): Promise<string> {
  if (!isAbsolute(path)) {
    throw new OncallError(
      'kubectl-missing',
      `The setting "oncall.kubernetes.kubectlPath" is not an absolute path: ${path}`,
      'Set it to the full path of kubectl, or clear it to use the one on the search path.',
    );
  }
  if (await isExecutable(path)) return path;
  throw new OncallError(
    'kubectl-missing',
    `There is no kubectl that can be run at ${path}, where "oncall.kubernetes.kubectlPath" points`,
    `Correct the setting, or clear it to use the one on the search path; to install kubectl, see ${installPage}.`,
  );
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
