/** The kubelet's back-off: 10 s, doubled with each failure, 5 min at most. */

const first = 10_000;
const longest = 300_000;

/** @returns milliseconds to wait after the `failure`th failure, counted from 0 */
export function backOff(failure: number): number {
  return Math.min(first * 2 ** failure, longest);
}

/** A duration as Go writes it: `10s`, `1m20s`. */
export function goDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `${String(minutes)}m${String(seconds % 60)}s` : `${String(seconds)}s`;
}
