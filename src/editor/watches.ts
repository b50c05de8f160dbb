/** What a person is told without having asked, each once; the words of most of it are loaded when they are needed. */
import * as vscode from 'vscode';
import { explain } from '../domain/error.ts';
import { IncidentNews } from './incidentNews.ts';
import { isRefused } from './incidents/current.ts';
import type { LazyRuns } from './lazyRuns.ts';
import { showError } from './notify.ts';
import type { Output } from './output.ts';
import type { Session } from './session.ts';

/** Tells once for each token that PagerDuty refuses, however often it changes its mind; polls that fail for other reasons are shown in the view alone. */
export function watchToken(session: Session, output: Output): vscode.Disposable {
  let told = false;
  return session.onDidPoll((state) => {
    if (state.kind !== 'error') {
      // Another token, or none.
      if (state.kind !== 'ok') told = false;
      return;
    }
    const what = 'Asking PagerDuty for incidents';
    if (!isRefused(state.error)) output.error(`${what}: ${explain(state.error)}`);
    else if (!told) {
      told = true;
      void showError(output, what, state.error);
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
