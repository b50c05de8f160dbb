/** Kubernetes quantities: `100m`, `128Mi`, `0.5`, `1e3`. */

const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
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

/** @returns the quantity in base units (bytes, cores), or undefined where the text is none */
export function quantity(value: unknown): number | undefined {
  const [, digits, suffix = ''] = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([A-Za-z]*)$/.exec(String(value)) ?? [];
  const factor = Object.hasOwn(factors, suffix) ? factors[suffix] : undefined;
  const number = Number(digits);
  return digits === undefined || factor === undefined || Number.isNaN(number) ? undefined : number * factor;
}
