/**
 * The way to somebody's cluster leads through their own kubectl: it alone knows every kind of credential. `kubectl proxy` opens a
 * door for the time being, on a socket that only this user can reach, and lets through nothing but the practice namespace and
 * the cluster-wide lists that scenarios read.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Connection } from '../transport.ts';
import type { KubeObject, Resource } from '../objects.ts';
import { practiceNamespace } from './namespace.ts';
import type { BreakOptions } from './options.ts';
import { Refusal } from './refusal.ts';

type Reach = Pick<BreakOptions, 'context' | 'kubeconfig' | 'kubectl'>;

/** A context's name with that of its cluster. */
export interface ContextEntry {
  readonly name: string;
  readonly cluster: string;
}

function kubectlArgs({ kubeconfig }: Reach, ...args: string[]): string[] {
  return kubeconfig === undefined ? args : [...args, `--kubeconfig=${kubeconfig}`];
}

/**
 * What kubectl gets of this process's environment: everything that credentials may need and that says which kubeconfig is meant,
 * nothing that loads other code into it or changes what its commands do (its own preferences file, external programs).
 */
export function kubectlEnvironment(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(own).filter(([name]) => !/^(KUBECTL_|LD_|DYLD_|KUBERC$)/i.test(name));
  return { ...Object.fromEntries(kept), KUBERC: 'off' };
}

/**
 * The contexts of the kubeconfig. No credential is read: kubectl leaves them out.
 * @throws Refusal where kubectl or the kubeconfig cannot be used
 */
export async function contextsOf(reach: Reach): Promise<readonly ContextEntry[]> {
  const child = spawn(reach.kubectl, kubectlArgs(reach, 'config', 'view', '-o', 'json'), {
    env: kubectlEnvironment(process.env),
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const [output, complaint, code] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    new Promise<number | null>((resolve, reject) => {
      child.once('error', (error) => reject(notRunning(reach, error)));
      child.once('close', resolve);
    }),
  ]);
  if (code !== 0) throw new Refusal(`The kubeconfig cannot be read: ${complaint.trim()}`);
  const { contexts } = JSON.parse(output) as {
    contexts?: { name: string; context?: { cluster?: string } }[] | null;
  };
  return (contexts ?? []).map(({ name, context }) => ({ name, cluster: context?.cluster ?? '' }));
}

/** An open door, and how to shut it. */
export interface Door {
  readonly connection: Connection;
  close(): Promise<void>;
}

/**
 * Opens the door.
 * @param reads cluster-wide kinds that are read besides
 * @throws Refusal where kubectl does not get that far; what the cluster says to a request shows only with the first one
 */
export async function openDoor(
  reach: Reach,
  reads: readonly Resource<KubeObject>[],
  signal: AbortSignal,
): Promise<Door> {
  const folder = await mkdtemp(join(tmpdir(), 'oncall-break-'));
  // Node knows no Unix sockets on Windows: there the door is a port of this machine.
  const socketPath = process.platform === 'win32' ? undefined : join(folder, 'socket');
  const child = spawn(
    reach.kubectl,
    kubectlArgs(
      reach,
      'proxy',
      `--context=${reach.context}`,
      `--accept-paths=${acceptedPaths(reads).join(',')}`,
      socketPath === undefined ? '--port=0' : `--unix-socket=${socketPath}`,
    ),
    { env: kubectlEnvironment(process.env), stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true },
  );
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  const close = async (): Promise<void> => {
    child.kill();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const address = await new Promise<string>((resolve, reject) => {
      const complaints: string[] = [];
      createInterface({ input: child.stderr }).on('line', (line) => complaints.push(line));
      createInterface({ input: child.stdout }).on('line', (line) => {
        const listens = /^Starting to serve on (.+)$/.exec(line);
        if (listens?.[1] !== undefined) resolve(listens[1]);
      });
      child.once('error', (error) => reject(notRunning(reach, error)));
      child.once('close', () => reject(new Refusal(`kubectl proxy has ended: ${complaints.join(' ')}`)));
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
    const connection =
      socketPath === undefined ? { server: `http://${address}` } : { server: 'http://localhost', socketPath };
    return { connection, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What the door lets through, as kubectl's regular expressions over paths. */
export function acceptedPaths(reads: readonly Resource<KubeObject>[]): string[] {
  const lists = reads
    .filter(({ namespaced }) => !namespaced)
    .map(
      ({ apiVersion, plural }) => `^/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}/${plural}$`,
    );
  return [
    // To make the namespace.
    '^/api/v1/namespaces$',
    `^/api/v1/namespaces/${practiceNamespace}(/.*)?$`,
    `^/apis/[^/]+/[^/]+/namespaces/${practiceNamespace}/.+$`,
    // Whether there is a metrics API.
    '^/apis$',
    ...new Set(lists.map((path) => path.replaceAll('.', '[.]'))),
  ];
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function notRunning({ kubectl }: Reach, error: Error): Refusal {
  return new Refusal(`${kubectl} cannot be run: ${error.message}`);
}
