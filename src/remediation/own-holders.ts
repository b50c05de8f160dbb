/** The holders that one agent has given to its Leases. Nobody else has them: each has a random id. */
export interface OwnHolders {
  /** Of steps that go on. */
  readonly live: Set<string>;
  /** Of steps that have ended, whose Leases may be there still: the cluster did not answer. */
  readonly ended: Set<string>;
}
