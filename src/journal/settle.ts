/** What becomes of a run that nobody works on any more. A part of its fold. */
import { interruptionWords } from '../domain/interruption.ts';
import { stopWords } from '../domain/run-stop.ts';
import type { Attempt, RunState } from './run-fold.ts';

/** What still waited when its run ended was not run. */
export function nobodyWaits(run: RunState): void {
  for (const attempt of run.current.values()) {
    if (attempt.state !== 'awaiting-approval') continue;
    attempt.state = 'skipped';
    attempt.message = 'Not run: the run ended while it waited for approval';
  }
}

function interruptedWords({ state, check, result }: Attempt, { brokenOff }: RunState): string {
  if (check !== undefined)
    return `Interrupted, then checked by ${check.by}: ${interruptionWords(check.result)}. ${check.message}`;
  const when = state === 'executing' ? 'while the command was running' : 'while it was being verified';
  const what =
    state === 'executing'
      ? 'its outcome is unknown. Verify the state of the cluster'
      : `the command ${result?.error === undefined ? 'succeeded' : 'ended with an error and had changed something'}, but it was not seen whether that ended the incident. Verify the state of the cluster`;
  if (brokenOff?.by === 'person') return `Stopped by ${brokenOff.name} ${when}: ${what}`;
  const why =
    brokenOff === undefined
      ? ''
      : ` (${brokenOff.by === 'error' ? 'because of an error' : stopWords[brokenOff.by]})`;
  return `Interrupted ${when}${why}: ${what}`;
}

/** What nobody works on any more and never finished is interrupted; its outcome is unknown. */
export function settle(run: RunState, liveRuns: ReadonlySet<string> | undefined): void {
  const ended = run.endedAt !== undefined;
  if (!ended && run.interrupted === undefined && (liveRuns === undefined || liveRuns.has(run.runId))) return;
  let interrupted = false;
  for (const attempt of run.attempts) {
    // It may have taken effect, and the look at that was broken off.
    if (!ended && attempt.state === 'not-seen') interrupted = true;
    if (attempt.state !== 'executing' && attempt.state !== 'verifying') continue;
    attempt.message = interruptedWords(attempt, run);
    attempt.state = 'interrupted';
    interrupted = true;
  }
  if (ended) return;
  interrupted ||= run.strays.some((stray) => stray.result === undefined);
  nobodyWaits(run);
  run.phase = interrupted ? 'interrupted' : 'stopped';
  run.message = interrupted
    ? (run.interrupted ?? 'Interrupted: a step started and was never seen to finish')
    : 'Stopped before it was finished, and nothing tells why: the window was closed or reloaded, or it crashed';
}
