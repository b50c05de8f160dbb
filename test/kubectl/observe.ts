/** Runs one command with the real kubectl and looks at everything that it did. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlane } from '../support/kubernetes/control-plane.ts';
import { changesSomething, reachesInside, type Recorder, type Sent } from './recorder.ts';

export interface Observed {
  readonly sent: readonly Sent[];
  /** Undefined where it would have run on, and was ended. */
  readonly exitCode: number | undefined;
  /** Files and folders that it left in its home, its working folder or its temporary folder. */
  readonly left: readonly string[];
  readonly listened: boolean;
  readonly printedSecret: boolean;
  readonly stderr: string;
}

/** What it did, the gravest first. */
export type Deed = 'change' | 'connection' | 'disk' | 'port' | 'secret' | 'read' | 'dry run' | 'nothing';
export const deeds: readonly Deed[] = [
  ...(['nothing', 'read', 'dry run', 'secret', 'disk', 'port', 'connection', 'change'] as const),
];

export function deedOf({ sent, left, listened, printedSecret }: Observed): Deed {
  if (sent.some(changesSomething)) return 'change';
  if (sent.some(reachesInside)) return 'connection';
  if (left.length > 0) return 'disk';
  if (listened) return 'port';
  if (printedSecret) return 'secret';
  if (sent.some(({ dryRun }) => dryRun)) return 'dry run';
  return sent.length > 0 ? 'read' : 'nothing';
}

/** With nothing asked and nothing answered for so long, kubectl only waits. */
const idleMs = 2000;
const limitMs = 15_000;

export interface Place {
  readonly kubectl: string;
  readonly controlPlane: ControlPlane;
  readonly recorder: Recorder;
  /** A folder for this and other runs. */
  readonly dir: string;
  /** Kept between runs: what kubectl knows of the server's types. */
  readonly cacheDir: string;
  /** Texts that only the planted Secret holds. */
  readonly secrets: readonly string[];
}

/** Whether a process has a listening TCP socket. */
async function listens(pid: number): Promise<boolean> {
  try {
    const folder = `/proc/${pid}/fd`;
    const links = await Promise.all(
      (await readdir(folder)).map((fd) => readlink(join(folder, fd)).catch(() => '')),
    );
    const own = new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
    const tables = await Promise.all(
      ['tcp', 'tcp6'].map((table) => readFile(`/proc/${pid}/net/${table}`, 'utf8').catch(() => '')),
    );
    return tables
      .flatMap((table) => table.split('\n').slice(1))
      .map((line) => line.trim().split(/\s+/))
      .some((columns) => columns[3] === '0A' && own.has(columns[9] ?? ''));
  } catch {
    return false;
  }
}

/** Whether a process has work to do that it is only waiting for a processor for. */
async function isBusy(pid: number): Promise<boolean> {
  try {
    const tasks = await readdir(`/proc/${pid}/task`);
    const states = await Promise.all(tasks.map((task) => readFile(`/proc/${pid}/task/${task}/stat`, 'utf8')));
    return states.some((line) => line.slice(line.lastIndexOf(')') + 2).startsWith('R'));
  } catch {
    return true;
  }
}

/**
 * Runs one command to its end, or until it only waits, in empty folders of its own.
 * @param argv with `kubectl` first
 */
export async function observe(place: Place, argv: readonly string[], stdin = ''): Promise<Observed> {
  const { kubectl, controlPlane, recorder, secrets } = place;
  const own = await mkdtemp(join(place.dir, 'run-'));
  const folders = ['home', 'work', 'tmp'].map((name) => join(own, name));
  const [home = own, work = own, tmp = own] = folders;
  await Promise.all(folders.map((folder) => mkdir(folder)));
  recorder.take();
  const pinned = ['--kubeconfig', recorder.kubeconfig, '--context', controlPlane.context];
  const child = spawn(kubectl, [...pinned, ...argv.slice(1)], {
    cwd: work,
    detached: true,
    env: {
      ...{ HOME: home, TMPDIR: tmp, PATH: '/usr/bin:/bin' },
      ...{ KUBECACHEDIR: place.cacheDir, KUBE_EDITOR: 'false' },
    },
  });
  let output = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const started = Date.now();
  let stopped = false;
  let listened = false;
  let looking = false;
  const look = async () => {
    const { pid } = child;
    if (looking || pid === undefined || child.exitCode !== null) return;
    looking = true;
    const now = Date.now();
    const { lastActivity } = recorder;
    const waits = lastActivity > 0 && now - lastActivity > idleMs && !(await isBusy(pid));
    if (waits || now - started > limitMs) {
      listened ||= await listens(pid);
      stopped = true;
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        // It has just ended by itself.
      }
    }
    looking = false;
  };
  const timer = setInterval(() => void look(), 200);
  const [code] = (await once(child, 'close')) as [number | null];
  clearInterval(timer);
  const left = (await Promise.all(folders.map((folder) => readdir(folder, { recursive: true })))).flat();
  await rm(own, { recursive: true, force: true });
  return {
    sent: recorder.take(),
    exitCode: stopped ? undefined : (code ?? undefined),
    left,
    listened,
    printedSecret: secrets.some((secret) => output.includes(secret) || stderr.includes(secret)),
    stderr,
  };
}
