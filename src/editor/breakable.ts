/** Which context may be broken on purpose. Pure. */
import { OncallError } from '../domain/error.ts';
import type { Settings } from './settings.ts';

/**
 * The context that may be broken.
 * @throws OncallError where none is named by a person, or the one that is is capped or calls itself production
 */
export function breakableContext(settings: Settings, practising: boolean): string {
  const { context } = settings.kubernetes;
  const refuse = (what: string, next: string) => new OncallError('context-missing', what, next);
  if (practising) {
    throw refuse(
      'Practice runs on a cluster of its own',
      'Stop practice, then break a test cluster of yours.',
    );
  }
  if (context === undefined) {
    throw refuse(
      'No context is named: the current one of the kubeconfig is never broken',
      'Set oncall.kubernetes.context to your test cluster.',
    );
  }
  if (/prod/i.test(context)) {
    throw refuse(`Context ${context} has prod in its name`, 'Only test clusters are broken.');
  }
  if (Object.hasOwn(settings.modeByContext, context)) {
    throw refuse(
      `Context ${context} is one of those that oncall.modeByContext protects`,
      'Name a test cluster that is not.',
    );
  }
  return context;
}
