/** Links to incidents, as chat tools carry them: `vscode://oncall-agent.oncall-agent/incident/Q1ABC`. They come from anybody. Pure. */
import { isOncallError } from '../domain/error.ts';
import type { IncidentsState } from './session.ts';
import { plain } from './text.ts';

/** PagerDuty's ids are capital letters and digits; a path may hold nothing else, and nothing before or behind. */
const form = /^\/incident\/([A-Za-z0-9]{1,32})$/;

/** The incident that a link names, by the link's path; undefined where it is not exactly such a link. Queries are not read. */
export function incidentOfPath(path: string): string | undefined {
  return form.exec(path)?.[1];
}

/** What can be said of an incident that is not in the list. */
export interface Missing {
  /** One or two sentences. */
  readonly says: string;
  /** What may help. */
  readonly button?: { readonly label: string; readonly command: string };
}

/** @param practising the list is that of the stand-in, which knows no incident of the account */
export function whyMissing(id: string, state: IncidentsState, practising: boolean): Missing {
  if (practising)
    return {
      says: `Practice has no open incident ${id}. While it lasts, incidents of your account are not listed.`,
      button: { label: 'Stop Practice', command: 'oncall.stopPractice' },
    };
  if (state.kind === 'no-token')
    return {
      says: `Incident ${id} cannot be looked up: no PagerDuty token is set.`,
      button: { label: 'Set PagerDuty Token', command: 'oncall.setPagerDutyToken' },
    };
  if (state.kind === 'error')
    return {
      says: `Incident ${id} is not known here, and PagerDuty could not be asked: ${
        isOncallError(state.error) ? plain(state.error.message, 200) : 'it does not answer'
      }.`,
      button: { label: 'Try Again', command: 'oncall.refresh' },
    };
  return {
    says: `Incident ${id} is not among the open incidents that are listed. It may be over, or belong to another account, team or service.`,
    button: { label: 'Refresh Incidents', command: 'oncall.refresh' },
  };
}
