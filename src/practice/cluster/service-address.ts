/** Cluster addresses of Services: 10.96.0.0/16, as kubeadm sets it. They lead nowhere here. */
import type { V1ServiceSpec } from '@kubernetes/client-node';
import type { KubeObject } from './object.ts';
import { resourceOf } from './resources.ts';
import type { Store } from './store.ts';

/** Gives a Service the address (and node ports) that it had before, or else a free one. */
export function allocateClusterIp(store: Store, service: KubeObject, before?: KubeObject): void {
  const spec = service['spec'] as V1ServiceSpec;
  const old = before?.['spec'] as V1ServiceSpec | undefined;
  if (spec.type === 'ExternalName') return;
  const others = store.list(resourceOf('', 'services')).map((one) => one['spec'] as V1ServiceSpec);
  if (!spec.clusterIP) {
    const used = new Set(others.map((other) => other.clusterIP));
    spec.clusterIP = old?.clusterIP ?? firstFree(10, 65534, (n) => `10.96.${n >> 8}.${n & 255}`, used);
  }
  spec.clusterIPs = [spec.clusterIP];
  if (spec.type !== 'NodePort' && spec.type !== 'LoadBalancer') return;
  const used = new Set(others.flatMap((other) => (other.ports ?? []).map((port) => port.nodePort)));
  for (const port of spec.ports ?? []) {
    port.nodePort ??= firstFree(30000, 32767, (n) => n, used);
    used.add(port.nodePort);
  }
}

function firstFree<T>(from: number, to: number, make: (n: number) => T, used: ReadonlySet<T | undefined>): T {
  for (let n = from; n <= to; n += 1) if (!used.has(make(n))) return make(n);
  throw new Error('The practice cluster has no free Service address left.');
}
