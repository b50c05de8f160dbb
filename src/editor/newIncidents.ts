/** Which incidents YOLO mode takes: new ones, those that a person gave along, and those that a person hands over. Pure. */
import type { Incident } from '../domain/incident.ts';
import type { YoloScope } from './yoloGate.ts';

/** What the journal tells of incidents; see `IncidentRuns`. */
export interface KnownIncidents {
  isOfPerson(incidentId: string): boolean;
  handedOver(incidentId: string): string | undefined;
}

/** A list of incidents as PagerDuty gave it. */
export interface Listed {
  readonly incidents: readonly Incident[];
  /** How far PagerDuty's clock is ahead of this machine's, milliseconds; undefined where no answer told. */
  readonly aheadMs?: number;
}

/** Remembers, for one scope, what was there before it began. */
export class NewIncidents {
  readonly scope: YoloScope;
  #before: ReadonlySet<string> | undefined;
  /** By PagerDuty's clock as it was told first: a clock that is set right later makes nothing new. */
  #since: number | undefined;

  constructor(scope: YoloScope) {
    this.scope = scope;
  }

  /**
   * The incidents that automation may take, the oldest first.
   * @param taken those that automation has begun a run for, in whatever window
   * @param takenAt when this window took one, milliseconds since 1970
   */
  of(
    listed: Listed,
    taken: ReadonlySet<string>,
    takenAt: ReadonlyMap<string, number>,
    known: KnownIncidents,
  ): Incident[] {
    const { scope } = this;
    // Without PagerDuty's clock its times tell little: nothing of the first list counts as new.
    const ids = listed.aheadMs === undefined ? listed.incidents.map(({ id }) => id) : [];
    const before = (this.#before ??= new Set(ids));
    if (listed.aheadMs !== undefined) this.#since ??= scope.since + listed.aheadMs;
    const since = this.#since ?? scope.since;
    const isNew = ({ id, createdAt }: Incident): boolean =>
      scope.open.has(id) || (!before.has(id) && Date.parse(createdAt) > since);
    return listed.incidents
      .filter((incident) => {
        const { id, status } = incident;
        const handedAt = Date.parse(known.handedOver(id) ?? '');
        if (handedAt >= scope.agreedAt && !((takenAt.get(id) ?? -Infinity) >= handedAt))
          return status !== 'resolved';
        return (
          status === 'triggered' &&
          !taken.has(id) &&
          !takenAt.has(id) &&
          !known.isOfPerson(id) &&
          isNew(incident)
        );
      })
      .sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  }
}
