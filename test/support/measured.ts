/** One line of what `npm run bench` measures. */
export interface Measured {
  readonly name: string;
  readonly value: string;
  readonly goal: string;
  readonly met: boolean;
}
