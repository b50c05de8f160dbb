/** Kubernetes quantities (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/). */

/** How many of a unit make one: dividing keeps decimal fractions exact. */
const fractions: Readonly<Record<string, number>> = { n: 1e9, u: 1e6, m: 1e3 };

const units: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** `128Mi` in bytes, `250m` in cores, `3` as it is; undefined for text that is no quantity. */
export function parseQuantity(text: unknown): number | undefined {
  const [, number, unit = ''] =
    /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([numkMGTPE]|[KMGTPE]i)?$/.exec(String(text)) ?? [];
  if (number === undefined) return undefined;
  return (Number(number) * (units[unit] ?? 1)) / (fractions[unit] ?? 1);
}

/** Bytes as whole `Gi` where they are, else as `Mi`, rounded down. */
export function formatMemory(bytes: number): string {
  const mebibytes = Math.floor(bytes / 2 ** 20);
  return mebibytes > 0 && mebibytes % 1024 === 0 ? `${mebibytes / 1024}Gi` : `${mebibytes}Mi`;
}

/** Cores as a whole number where they are, else as thousandths (`250m`), rounded down. */
export function formatCpu(cores: number): string {
  // Sums of decimal fractions are a little off: 0.25 must not become 249m.
  const milli = Math.floor(cores * 1000 + 1e-6);
  return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`;
}
