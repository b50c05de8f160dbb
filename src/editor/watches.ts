/** What a person is told without having asked, each once; the words of most of it are loaded when they are needed. */
import * as vscode from 'vscode';
import { isOncallError } from '../domain/error.ts';
import { IncidentNews } from './incidentNews.ts';
import type { LazyRuns } from './lazyRuns.ts';
import { showError } from './notify.ts';
import type { Output } from './output.ts';
import type { Session } from './session.ts';

/** Tells once for each token that PagerDuty refuses; polls that fail for other reasons are shown in the view alone. */
export function watchToken(session: Session, output: Output): vscode.Disposable {
  let told = false;
  return session.onDidPoll((state) => {
    if (state.kind !== 'error') {
      if (state.kind === 'ok' || state.kind === 'no-token') told = false;
      return;
    }
    const refused =
      isOncallError(state.error) &&
      ['pagerduty-unauthorized', 'pagerduty-forbidden'].includes(state.error.code);
    if (refused && !told) {
      told = true;
      void showError(output, 'Asking PagerDuty for incidents', state.error);
    } else if (!refused) {
      output.error(
        `Asking PagerDuty for incidents: ${isOncallError(state.error) ? state.error.explanation : String(state.error)}`,
      );
    }
  });
}

/** Tells when the circuit breaker opens, in whatever window it was tripped. */
export function watchBreaker(session: Session, runs: LazyRuns): vscode.Disposable {
  let agent = session.agent;
  let before = agent.circuitBreaker().state;
  return session.onDidAppend(() => {
    // Practice has a breaker of its own.
    if (agent !== session.agent) {
      agent = session.agent;
      before = 'closed';
    }
    const status = agent.circuitBreaker();
    const opened = status.state === 'open' && before !== 'open';
    before = status.state;
    if (opened) void runs.load().then(({ tell }) => tell.breakerOpened(status));
  });
}

/** Tells once of what a person has to look at before anything runs by itself again. */
export function watchAuditLog(session: Session, runs: LazyRuns): vscode.Disposable {
  let told: string | undefined;
  return session.onDidAppend(() => {
    const { mustLook } = session.agent;
    if (mustLook !== undefined && mustLook !== told)
      void runs.load().then(({ tell }) => tell.mustLook(mustLook));
    told = mustLook;
  });
}

/**
 * Tells of new incidents of high urgency.
 * @param isInSight whether the list of incidents is on screen
 */
export function watchIncidents(
  session: Session,
  runs: LazyRuns,
  isInSight: () => boolean,
): vscode.Disposable {
  const news = new IncidentNews();
  return session.onDidPoll((state) => {
    const inSight = vscode.window.state.focused && isInSight();
    const [first, ...others] = news.look(state, Date.now(), inSight);
    if (first !== undefined) void runs.load().then(({ tell }) => tell.newIncidents([first, ...others]));
  });
}

/** Loads what takes incidents by itself, once YOLO mode was agreed to. */
export function watchYolo(session: Session, runs: LazyRuns): vscode.Disposable {
  return session.onDidChange(() => {
    if (session.yolo === 'on') void runs.load();
  });
}
