/** A real API server with the corpus's objects in it, and recorders before it. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startControlPlane, type ControlPlane } from '../support/kubernetes/control-plane.ts';
import { mustRun, run } from '../support/processes.ts';
import { scratchFolder } from '../support/scratch.ts';
import type { ServedType } from './judge.ts';
import { batches, secretTexts } from './objects.ts';
import type { Place } from './observe.ts';
import { startRecorder } from './recorder.ts';

export interface Server {
  readonly controlPlane: ControlPlane;
  /** One for each command that runs at the same time. */
  readonly places: readonly Place[];
  readonly types: readonly ServedType[];
  close(): Promise<void>;
}

interface ResourceList {
  groupVersion: string;
  resources: {
    name: string;
    singularName?: string;
    kind: string;
    namespaced: boolean;
    shortNames?: string[];
    verbs: string[];
  }[];
}

/** Every type that the server has, from its own lists. */
async function discover(controlPlane: ControlPlane): Promise<ServedType[]> {
  const { groups } = (await controlPlane.get('/apis')) as {
    groups: { versions: { groupVersion: string }[] }[];
  };
  const paths = groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => `/apis/${groupVersion}`));
  const lists = await Promise.all(['/api/v1', ...paths].map((path) => controlPlane.get(path)));
  return (lists as ResourceList[]).flatMap(({ groupVersion, resources }) => {
    const [first = '', second] = groupVersion.split('/');
    return resources
      .filter(({ name }) => !name.includes('/'))
      .map(({ name, singularName, kind, namespaced, shortNames, verbs }) => ({
        stored: verbs.includes('get'),
        ...{ kind, plural: name, namespaced, shortNames: shortNames ?? [] },
        singular: singularName || kind.toLowerCase(),
        ...{ group: second === undefined ? '' : first, version: second ?? first },
      }));
  });
}

/** @param width how many commands will run at the same time */
export async function startServer(kubectl: string, width: number): Promise<Server> {
  const scratch = await scratchFolder('kubectl');
  const dir = join(scratch.path, 'control-plane');
  await mkdir(dir);
  const controlPlane = await startControlPlane(dir);
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const each of closers) await each();
    await controlPlane.close();
    await scratch.remove();
  };
  try {
    const env = { HOME: scratch.path, PATH: '/usr/bin:/bin' };
    const pinned = ['--kubeconfig', controlPlane.kubeconfig];
    for (const { namespace, text, changes } of batches()) {
      const where = namespace === undefined ? [] : ['-n', namespace];
      const verb = changes === true ? ['apply'] : ['create', '--save-config'];
      const args = [...pinned, ...verb, '--validate=false', ...where, '-f', '-'];
      await mustRun(kubectl, args, { timeoutMs: 60_000, input: text, env });
    }
    const places = await Promise.all(
      Array.from({ length: width }, async (_, index) => {
        const recorder = await startRecorder(controlPlane, dir, `recorder-${index}`);
        closers.push(() => recorder.close());
        const cacheDir = join(scratch.path, `cache-${index}`);
        const args = ['--kubeconfig', recorder.kubeconfig, 'api-resources'];
        await run(kubectl, args, { timeoutMs: 60_000, env: { ...env, KUBECACHEDIR: cacheDir } });
        recorder.take();
        return { kubectl, controlPlane, recorder, dir: scratch.path, cacheDir, secrets: secretTexts };
      }),
    );
    return { controlPlane, places, types: await discover(controlPlane), close };
  } catch (error) {
    await close();
    throw error;
  }
}
