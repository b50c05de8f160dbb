/** A kubeconfig that holds nothing but the pinned context, for a server that cannot be told which one to take. */
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, sep } from 'node:path';
import { OncallError } from '../../domain/error.ts';
import { redact } from '../../domain/redaction.ts';
import { cleanedEnvironment } from '../../cluster/environment.ts';
import { plainLine } from '../plain-text.ts';
import { makePrivateFolder } from './private-folders.ts';

/** What a kubeconfig with embedded certificates may weigh. */
const maxBytes = 4 * 1024 * 1024;

/** The cluster that is pinned, and how kubectl reaches it. */
export interface PinnedContext {
  /** Absolute path. */
  readonly kubectl: string;
  /** Absolute path. */
  readonly kubeconfig: string;
  readonly context: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A private folder with a private file. It holds credentials: whoever made it removes it, and the next start where it was killed. */
export interface PrivateKubeconfig {
  readonly path: string;
  remove(): Promise<void>;
}

interface View {
  readonly users?: readonly { user?: { tokenFile?: string; exec?: { command?: string } } }[];
}

/**
 * Writes the context, its cluster and its user into a file that only this user can read.
 * @throws OncallError `mcp-unavailable`
 */
export async function writeOneContext(
  pinned: PinnedContext,
  signal: AbortSignal,
): Promise<PrivateKubeconfig> {
  const view = await oneContext(pinned, signal);
  const folder = await makePrivateFolder();
  const onExit = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', onExit);
  const remove = async () => {
    process.removeListener('exit', onExit);
    await rm(folder, { recursive: true, force: true });
  };
  const path = join(folder, 'kubeconfig');
  try {
    // JSON is YAML.
    await writeFile(path, JSON.stringify(view), { mode: 0o600, flag: 'wx' });
    return { path, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** kubectl itself says what belongs to the context, with the certificates in place. Paths that it leaves relative to the file are made absolute. */
async function oneContext(pinned: PinnedContext, signal: AbortSignal): Promise<View> {
  const { kubectl, kubeconfig, context, env } = pinned;
  const args = [
    ...['--kubeconfig', kubeconfig, '--context', context],
    ...['config', 'view', '--minify', '--flatten', '--raw', '-o', 'json'],
  ];
  const stdout = await new Promise<string>((resolve, reject) => {
    const child = execFile(
      kubectl,
      args,
      { env: cleanedEnvironment(env), signal, maxBuffer: maxBytes, windowsHide: true },
      (error, text, complaint) => {
        if (error === null) return resolve(text);
        const said = redact(plainLine(complaint.trim().split('\n').at(-1) ?? '')).slice(0, 300);
        reject(
          new OncallError(
            'mcp-unavailable',
            `kubectl does not show the context "${context}" of ${kubeconfig}${said === '' ? '' : `: ${said}`}`,
            'Check the file with "kubectl config view".',
          ),
        );
      },
    );
    child.stdin?.end();
  });
  const view = JSON.parse(stdout) as View;
  const absolute = (path: string) => (isAbsolute(path) ? path : join(dirname(kubeconfig), path));
  for (const { user } of view.users ?? []) {
    if (user?.tokenFile) user.tokenFile = absolute(user.tokenFile);
    // Without a separator it is looked up on the search path.
    if (user?.exec?.command !== undefined && user.exec.command.includes(sep))
      user.exec.command = absolute(user.exec.command);
  }
  return view;
}
