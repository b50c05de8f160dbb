/** Where the control plane's programs come from. */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cache, root } from '../paths.ts';
import { mustRun } from '../processes.ts';

/** A tarball beside the project, in the layout of KUBEBUILDER_ASSETS plus kubelet, controller manager and scheduler. */
const tarball = join(root, '../shared/control-plane/control-plane.tar.xz');

/** The folder's programs that a control plane needs. */
const needed = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];

/** Why there are no programs to start a control plane with; undefined where there are. */
export function whyNoBinaries(): string | undefined {
  const assets = process.env['KUBEBUILDER_ASSETS'];
  if (assets !== undefined) {
    const absent = needed.filter((name) => !existsSync(join(assets, name)));
    return absent.length === 0 ? undefined : `KUBEBUILDER_ASSETS (${assets}) holds no ${absent.join(', ')}`;
  }
  if (existsSync(tarball) && process.platform === 'linux' && process.arch === 'x64') return undefined;
  return (
    'there is no Kubernetes to test on. Set ONCALL_TEST_KUBECONFIG to a cluster that may be broken (kind, for example), ' +
    'or KUBEBUILDER_ASSETS to a folder of control plane programs.'
  );
}

/** The folder of the programs, unpacked once where they come as a tarball. */
export async function binaries(): Promise<string> {
  const reason = whyNoBinaries();
  if (reason) throw new Error(reason);
  const assets = process.env['KUBEBUILDER_ASSETS'];
  if (assets !== undefined) return assets;
  const folder = join(cache, 'control-plane');
  if (existsSync(folder)) return folder;
  console.log('Unpacking the Kubernetes control plane once ...');
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  await mustRun('tar', ['-xJf', tarball, '-C', partial], { timeoutMs: 300_000 });
  await rename(partial, folder);
  return folder;
}
