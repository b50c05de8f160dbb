/** The previews of a run: made before anybody decides, looked at again before the deed, each one in the journal. */
import type { Cluster } from '../../cluster/cluster.ts';
import { isOncallError } from '../../domain/error.ts';
import type { Step } from '../../domain/plan.ts';
import { rehearsalWords, sameEffect, type Preview } from '../../domain/preview.ts';
import type { Stage } from '../perform.ts';
import type { StepCircumstances } from '../situation.ts';
import type { RunContext } from '../step-runner.ts';
import { reachesFurther } from './further.ts';
import { makePreview } from './make.ts';

/** Each one is a process or two. */
const atOnce = 3;
/** What may be shown; a refused or skipped step changes nothing. */
const shown: ReadonlySet<Step['decision']['outcome']> = new Set(['preview', 'ask', 'execute']);

export class Previews {
  private readonly context: RunContext;
  private readonly stage: Stage;
  /** The latest by step id. */
  private readonly made = new Map<string, Preview>();

  constructor(context: RunContext, stage: Stage) {
    this.context = context;
    this.stage = stage;
  }

  /** Makes those of a plan, side by side, and records them in its order. */
  async ofPlan(steps: readonly Step[]): Promise<void> {
    const wanted = steps.filter((step) => this.isWanted(step));
    const waiting = [...wanted];
    const work = async (): Promise<void> => {
      for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
        this.made.set(step.id, await this.make(step));
      }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, wanted.length) }, work));
    for (const step of wanted) await this.record(step);
  }

  /** Makes sure, before a person is asked, that what they are shown is of this moment. */
  async refresh(step: Step): Promise<void> {
    if (!this.isWanted(step)) return;
    const old = this.of(step);
    if (old !== undefined && old.rehearsal.state !== 'refused' && !(await this.isOutdated(old))) return;
    await this.renew(step);
  }

  /**
   * Looks again at the objects, right before the deed that a person approved.
   * @returns why they have to look again: another change would come of it than they were shown, or it reaches further
   */
  async news(step: Step): Promise<string | undefined> {
    const old = this.of(step);
    if (!this.isWanted(step) || old === undefined || !(await this.isOutdated(old))) return undefined;
    const anew = await this.renew(step);
    if (!sameEffect(old, anew))
      return 'The command would change something else by now than the preview showed: look at it again.';
    return reachesFurther(old.reach, anew.reach)
      ? 'The command reaches further by now than the preview showed: look at it again.'
      : undefined;
  }

  /** What stands in the way of a step that is about to run by itself: a command that would be refused is not tried. */
  async obstacle(step: Step): Promise<Partial<StepCircumstances>> {
    await this.refresh(step);
    const preview = this.of(step);
    return preview?.rehearsal.state === 'refused'
      ? { wouldBeRefused: rehearsalWords(preview.rehearsal) }
      : {};
  }

  private isWanted({ risk, decision }: Step): boolean {
    return (
      this.context.previewSeconds !== undefined &&
      risk.mutates &&
      !risk.rejected &&
      shown.has(decision.outcome)
    );
  }

  private of({ id, argvHash }: Step): Preview | undefined {
    const preview = this.made.get(id);
    return preview?.argvHash === argvHash ? preview : undefined;
  }

  /** One that could not be rehearsed this time takes nothing away from one that was. */
  private async renew(step: Step): Promise<Preview> {
    const old = this.of(step);
    const anew = await this.make(step);
    if (old !== undefined && old.rehearsal.state !== 'unknown' && anew.rehearsal.state === 'unknown')
      return old;
    this.made.set(step.id, anew);
    await this.record(step);
    return anew;
  }

  private async record(step: Step): Promise<void> {
    const preview = this.of(step);
    if (preview === undefined) return;
    await this.stage.record(this.stage.system, 'Previewed', { stepId: step.id, preview });
  }

  private make(step: Step): Promise<Preview> {
    const { cluster, kubectl, environment, policy, signal, previewSeconds = 0 } = this.context;
    return makePreview(step, {
      cluster,
      kubectl: {
        kubectl,
        kubeconfig: cluster.kubeconfig,
        context: cluster.context,
        namespace: this.stage.defaultNamespace,
        env: environment,
        timeoutMs: policy().commandTimeoutSeconds * 1000,
      },
      scope: this.stage.scope(),
      signal,
      timeoutMs: previewSeconds * 1000,
    });
  }

  /** Whether an object that it was made from has changed since, appeared or gone. What cannot be told counts as changed. */
  private async isOutdated({ basis }: Preview): Promise<boolean> {
    const { cluster, signal } = this.context;
    const changed = await Promise.all(
      basis.map(
        async ({ ref, resourceVersion }) => (await versionOf(cluster, ref, signal)) !== resourceVersion,
      ),
    );
    return changed.length === 0 || changed.includes(true);
  }
}

async function versionOf(
  cluster: Pick<Cluster, 'metadata'>,
  ref: Preview['basis'][number]['ref'],
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return (await cluster.metadata(ref, signal))?.resourceVersion;
  } catch (error) {
    if (isOncallError(error) && error.code !== 'cancelled') return 'unknown';
    throw error;
  }
}
