/** Looks after the start, and while incidents are asked for, whether an earlier window left a run in the middle of a step. */
import type { Disposable } from 'vscode';
import { explain } from '../domain/error.ts';
import type { LazyRuns } from './lazyRuns.ts';
import type { Output } from './output.ts';
import type { Session } from './session.ts';

/** Tells of each such run once. Rehearsals are not told of: nothing of them is left. */
export function watchInterrupted(session: Session, runs: LazyRuns, output: Output): Disposable {
  const told = new Set<string>();
  let looking = false;
  const look = async (): Promise<void> => {
    if (looking || session.practice.kind !== 'off') return;
    looking = true;
    try {
      const found = (await session.agent.interruptedRuns()).filter(({ runId }) => !told.has(runId));
      for (const { runId } of found) told.add(runId);
      // Not awaited: the message stays as long as it is not answered.
      if (found.length > 0) void (await runs.load()).tellOfInterrupted(found);
    } catch (error) {
      output.error(`Looking for interrupted runs: ${explain(error)}`);
    } finally {
      looking = false;
    }
  };
  const subscriptions = [session.onDidChange(() => void look()), session.onDidPoll(() => void look())];
  return {
    dispose: () => {
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}
