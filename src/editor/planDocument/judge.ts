/** How a command that stands in a plan would be judged where the plan would run it. Pure. */
import type { RunView } from '../../domain/run.ts';
import { decideIn } from '../assessmentLines.ts';
import type { Settings } from '../settings.ts';
import type { Judge } from './edit.ts';

export function judgeFor(view: RunView | undefined, settings: Settings): Judge {
  const namespace = namespaceOf(view);
  return {
    options: {
      rules: settings.riskRules,
      ...(view === undefined ? {} : { context: view.context }),
      ...(namespace === undefined ? {} : { defaultNamespace: namespace }),
    },
    decide: (risk) => decideIn(settings.mode, risk, settings),
  };
}

/** Where a run's commands most likely belong. What lives in no namespace says nothing of the one that a command means. */
export function namespaceOf(view: RunView | undefined): string | undefined {
  const namespace = view?.target?.namespace;
  return namespace === undefined || namespace === '' ? undefined : namespace;
}
