/** 8: a rollout asks for 250 CPUs for each pod, where it meant 250m: no machine is that large, and the new pods stay Pending. */
import { putBack, rollOut, workload } from '../workload.ts';
import { quantity } from '../../quantity.ts';
import type { Scenario } from '../scenario.ts';
import { podsUnschedulable } from '../pending.ts';
import { application, isHealthy } from '../state.ts';

const name = 'estimates';
const asks = (cpu: string | null) => ({ resources: { requests: { cpu } } });
/** Cores; whoever asks for more has not seen the mistake. */
const sensible = 4;

export const scenario: Scenario = {
  number: 8,
  name: 'pending-cpu',
  title: 'the rollout of estimates does not get on: its new pods do not start',
  difficulty: 'easy',
  teaches:
    'Reads why the scheduler finds no machine for a pod, and lowers a request that no machine can meet.',
  needs: [],
  namespace: 'shop',
  workload: name,
  healthy: (namespace) =>
    workload(
      {
        name,
        image: 'docker.io/library/shop-estimates:3.4.0',
        replicas: 2,
        cause: 'release 61: estimates 3.4.0',
      },
      namespace,
    ),
  breakage: [rollOut(name, 'release 62: estimates gets the CPU that it needs', asks('250'))],
  symptom: (state) => podsUnschedulable(state, /Insufficient cpu/).length > 0,
  alarm: ({ namespace }) => ({
    name: 'KubePodNotReady',
    severity: 'warning',
    summary: 'Pods of the deployment are Pending for longer than 15 minutes.',
    namespace,
    labels: { deployment: name },
  }),
  tool: 'prometheus',
  rootCause: { target: { kind: 'Deployment', name }, findings: ['FailedScheduling'] },
  fixes: [
    {
      says: 'Ask for 250 thousandths of a CPU, as it was meant',
      command: /^kubectl set resources deployment\/estimates .*--requests=cpu=[1-9]\d*m\b/,
      deeds: [putBack(name, asks('250m'))],
    },
    {
      says: 'Go back to the release before',
      command: /^kubectl rollout undo deployment\/estimates\b/,
      deeds: [putBack(name, asks('10m'))],
    },
  ],
  wrong: [
    { says: 'Ask for nothing at all', deeds: [putBack(name, asks(null))] },
    { says: 'Ask for a little less than that', deeds: [putBack(name, asks('200'))] },
  ],
  solved: (state) => {
    const cpu = quantity(application(state)?.resources?.requests?.['cpu']) ?? 0;
    return isHealthy(state) && cpu > 0 && cpu <= sensible;
  },
  settleSeconds: 20,
};
