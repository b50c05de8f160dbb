/** Which incidents are worth a notification: new ones of high urgency, a burst of them told at once. */
import type { Incident } from '../domain/incident.ts';
import type { IncidentsState } from './session.ts';

/** Milliseconds between two notifications: what comes in between is told together. */
const quiet = 60_000;

export class IncidentNews {
  #known: ReadonlySet<string> | undefined;
  #waiting: readonly string[] = [];
  #toldAt = -Infinity;

  /**
   * Takes in a state of the list. What an account lists at first is no news.
   * @param now milliseconds
   * @param inSight whether the list is being looked at: what comes in then is seen
   * @returns what to tell now: nothing, or every incident that has come in since it was last told and is still triggered
   */
  look(state: IncidentsState, now: number, inSight: boolean): readonly Incident[] {
    if (state.kind === 'loading' || state.kind === 'no-token') this.#known = undefined;
    if (state.kind !== 'ok') return [];
    const urgent = state.incidents.filter(
      ({ status, urgency }) => status === 'triggered' && urgency === 'high',
    );
    const known = this.#known;
    this.#known = new Set([...(known ?? []), ...state.incidents.map(({ id }) => id)]);
    if (known === undefined || inSight) this.#waiting = [];
    else {
      const fresh = urgent.filter(({ id }) => !known.has(id)).map(({ id }) => id);
      this.#waiting = [...this.#waiting, ...fresh];
    }
    const told = urgent.filter(({ id }) => this.#waiting.includes(id));
    if (told.length === 0 || now - this.#toldAt < quiet) return [];
    this.#waiting = [];
    this.#toldAt = now;
    return told;
  }
}
