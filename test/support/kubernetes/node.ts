/**
 * A real node for a control plane on loopback: containerd and kubelet, with real containers. Linux as root only.
 * Both run in a mount and process namespace of their own: when its first process ends, the kernel ends every container
 * and takes down every mount, however this process came to its end.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensurePackages, mayInstall } from '../debian.ts';
import { freePorts } from '../ports.ts';
import { mustRun, run, startDaemon, waitFor } from '../processes.ts';
import type { KubeObject } from '../../../src/domain/kubernetes.ts';
import type { ControlPlane } from './control-plane.ts';
import { buildImage, type Image } from './images.ts';

const packages = ['containerd', 'runc', 'containernetworking-plugins', 'busybox-static', 'iproute2'];
const pauseImage = 'oncall.test/pause:1';
const cniPlugins = '/usr/lib/cni';

/** Why no real containers can run here; undefined where they can. */
export function whyNoNode(programs: string): string | undefined {
  if (process.platform !== 'linux') return 'containers need Linux';
  if (process.getuid?.() !== 0) return 'containers need root';
  if (!existsSync(join(programs, 'kubelet'))) return `${programs} holds no kubelet`;
  const there = ['/usr/bin/containerd', '/usr/bin/ctr', '/usr/sbin/runc', cniPlugins, '/bin/busybox'];
  if (!mayInstall() && !there.every((path) => existsSync(path))) return `install ${packages.join(' ')} first`;
  return undefined;
}

function containerdConfig(dir: string, socket: string): string {
  return `version = 2
root = "${dir}/containerd"
state = "${dir}/containerd-state"
oom_score = 0
[grpc]
  address = "${socket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "${dir}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  restrict_oom_score_adj = true
  stream_server_address = "127.0.0.1"
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "${cniPlugins}"
  conf_dir = "${dir}/cni"
`;
}

/** Pods live in network namespaces of their own, with addresses that the kubelet's probes reach. */
function cniConfig(dir: string, subnet: string): string {
  return JSON.stringify({
    cniVersion: '0.4.0',
    name: 'oncall-test',
    plugins: [
      {
        type: 'ptp',
        ipMasq: false,
        ipam: {
          type: 'host-local',
          dataDir: join(dir, 'ipam'),
          ranges: [[{ subnet }]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
    ],
  });
}

function kubeletConfig(port: number): string {
  return JSON.stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: '127.0.0.1',
    port,
    readOnlyPort: 0,
    healthzPort: 0,
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    cgroupDriver: 'cgroupfs',
    // Without cgroups of the kubelet's own, two clusters on one machine do not clean up after each other.
    cgroupsPerQOS: false,
    enforceNodeAllocatable: [],
    makeIPTablesUtilChains: false,
    failSwapOn: false,
    evictionHard: { 'memory.available': '1Mi', 'nodefs.available': '0.1%', 'imagefs.available': '0.1%' },
    imageGCHighThresholdPercent: 100,
    clusterDNS: ['10.0.0.10'],
    clusterDomain: 'cluster.local',
  });
}

/** True once the node reports Ready. */
async function ready(controlPlane: ControlPlane): Promise<true | undefined> {
  const node = (await controlPlane.get('/api/v1/nodes/localhost')) as KubeObject | undefined;
  const { conditions = [] } = (node?.status ?? {}) as { conditions?: { type: string; status: string }[] };
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True') || undefined;
}

/** Removes the cgroups of containers that the kernel has ended. */
async function removeCgroups(ids: readonly string[]): Promise<void> {
  const hierarchies = [
    '/sys/fs/cgroup',
    ...(await readdir('/sys/fs/cgroup')).map((name) => join('/sys/fs/cgroup', name)),
  ];
  for (const hierarchy of hierarchies) {
    for (const id of ids) {
      const group = join(hierarchy, 'k8s.io', id);
      if (!existsSync(group)) continue;
      await waitFor(
        `the cgroup ${group} is empty`,
        () =>
          rmdir(group).then(
            () => true,
            () => undefined,
          ),
        { timeoutMs: 10_000 },
      );
    }
  }
}

/** Installs what containers need, once. */
export function installNode(): Promise<void> {
  return ensurePackages('containerd and what it needs', packages);
}

/**
 * Starts a node and waits until it is Ready, which takes about 15 s.
 * @param dir absolute, existing, empty
 * @param images what pods can use; nothing is pulled
 */
export async function startNode(
  controlPlane: ControlPlane,
  dir: string,
  images: readonly Image[],
): Promise<{ close(): Promise<void> }> {
  await installNode();
  const file = (name: string) => join(dir, name);
  const socket = file('containerd.sock');
  const [port = 0] = await freePorts(1);
  for (const name of ['cni', 'opt', 'images']) await mkdir(file(name));
  await Promise.all([
    writeFile(file('containerd.toml'), containerdConfig(dir, socket)),
    // One of 254 subnets by chance of the port, so that clusters side by side do not share addresses.
    writeFile(file('cni/10-oncall.conflist'), cniConfig(dir, `10.88.${1 + (port % 254)}.0/24`)),
    writeFile(file('kubelet.json'), kubeletConfig(port)),
  ]);
  const ctr = (...args: string[]) => ['-a', socket, '-n', 'k8s.io', ...args];

  const containerd = [
    `exec containerd --config ${file('containerd.toml')}`,
    `>${file('containerd.log')} 2>&1`,
  ];
  const kubelet = [
    join(controlPlane.programs, 'kubelet'),
    ...[`--config=${file('kubelet.json')}`, `--kubeconfig=${controlPlane.kubeconfig}`],
    ...[`--root-dir=${file('kubelet')}`, `--cert-dir=${file('pki')}`, '--hostname-override=localhost'],
    ...['--container-runtime=remote', `--container-runtime-endpoint=unix://${socket}`],
  ];
  // What kubelet, containerd and CNI keep at fixed places goes to folders that only this namespace sees.
  const script = `
set -e
for place in /run/netns /run/containerd /var/lib/kubelet /var/lib/cni /var/log/pods /var/log/containers; do
  mkdir -p $place
  mount -t tmpfs tmpfs $place
done
(${containerd.join(' ')}) &
until timeout 5 ctr -a ${socket} version >/dev/null 2>&1; do sleep 0.2; done
: >${file('containerd.ready')}
until [ -e ${file('images.ready')} ]; do sleep 0.1; done
${kubelet.join(' ')} >${file('kubelet.log')} 2>&1
`;
  await writeFile(file('node.sh'), script);
  const daemon = await startDaemon({
    name: 'The node',
    command: 'unshare',
    args: ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', file('node.sh')],
    log: file('node.log'),
  });
  const close = async () => {
    const { stdout } = await run('ctr', ctr('containers', 'list', '-q'), { timeoutMs: 10_000 });
    await daemon.stop();
    await removeCgroups(stdout.split('\n').filter((id) => id !== ''));
  };
  try {
    const archives = await Promise.all(
      [{ names: [pauseImage], entrypoint: ['/bin/sleep', '2147483647'] }, ...images].map(
        async (image, index) => {
          const scratch = file(`images/${index}`);
          await mkdir(scratch);
          return buildImage(image, scratch);
        },
      ),
    );
    const appears = (name: string) => () => existsSync(file(name)) || undefined;
    await waitFor('containerd answers', appears('containerd.ready'), { timeoutMs: 30_000, until: daemon });
    for (const archive of archives) {
      await mustRun('ctr', ctr('images', 'import', archive), { timeoutMs: 120_000 });
    }
    await writeFile(file('images.ready'), '');
    await waitFor('the kubelet logs', appears('kubelet.log'), { timeoutMs: 10_000, until: daemon });
    await waitFor('the node is Ready', () => ready(controlPlane), {
      timeoutMs: 90_000,
      until: daemon,
      log: file('kubelet.log'),
    });
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}
