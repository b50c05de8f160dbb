/** 23: a deployment tool started a Job with a misspelt argument; each of its tries fails at once, until no more are made. */
import { jobs } from '../../api-groups.ts';
import type { Job } from '../../api-groups.ts';
import { conditionOf } from '../../conditions.ts';
import { manifest, patch } from '../scenario.ts';
import type { Deed, Manifest, Scenario } from '../scenario.ts';
import type { State } from '../state.ts';

const purpose = 'orders-export';
const before = `${purpose}-118`;
const name = `${purpose}-119`;
const image = 'docker.io/library/shop-reports:2.3.0';
const rightArgument = '--format=csv';
const misspelt = '--format=cvs';

export const scenario: Scenario = {
  number: 23,
  name: 'job-failed',
  title: 'the export of the orders failed',
  difficulty: 'medium',
  teaches: 'Reads the log of a Job that gave up, and runs it anew with the argument that the log asks for.',
  needs: [],
  namespace: 'shop',
  workload: name,
  // The day before it went well.
  healthy: (namespace) => [exportJob(before, rightArgument)(namespace)],
  isUp: (state) => has(called(state, before), 'Complete'),
  breakage: [run(misspelt)],
  symptom: (state) => has(called(state, name), 'Failed'),
  alarm: ({ namespace }) => ({
    name: 'KubeJobFailed',
    severity: 'warning',
    summary: 'The job failed to complete.',
    namespace,
    labels: { job_name: name },
  }),
  tool: 'prometheus',
  rootCause: { target: { kind: 'Job', name }, findings: ['BackoffLimitExceeded'] },
  fixes: [
    {
      says: 'Run the Job anew with the right argument',
      deeds: [{ deed: 'delete', resource: jobs, name }, run(rightArgument)],
    },
    {
      says: 'Run another Job with the right argument beside it',
      deeds: [run(rightArgument, `${name}-again`)],
    },
  ],
  wrong: [
    {
      says: 'Run it anew as it was',
      deeds: [{ deed: 'delete', resource: jobs, name }, run(misspelt)],
    },
    {
      says: 'Export in a format that nobody reads',
      deeds: [{ deed: 'delete', resource: jobs, name }, run('--format=json')],
    },
    { says: 'Allow more tries', deeds: [patch(jobs, name, { spec: { backoffLimit: 20 } })] },
    { says: 'Delete it, so that nothing is failed', deeds: [{ deed: 'delete', resource: jobs, name }] },
  ],
  solved: (state) =>
    state
      .all(jobs)
      .some((job) => job.metadata.name !== before && has(job, 'Complete') && exportsOrders(job, state)),
  settleSeconds: 20,
};

/** Whether a Job does what this one should have done, whoever made it and whatever it is called. */
function exportsOrders(job: Job, state: State): boolean {
  const [container, model] = [job, called(state, before)].map((one) => one?.spec.template.spec.containers[0]);
  const words = [...(container?.command ?? []), ...(container?.args ?? [])];
  return container?.image === model?.image && words.includes('export') && words.includes(rightArgument);
}

function called(state: State, wanted: string): Job | undefined {
  return state.all(jobs).find(({ metadata }) => metadata.name === wanted);
}

function has(job: Job | undefined, condition: 'Complete' | 'Failed'): boolean {
  return conditionOf(job?.status?.conditions, condition)?.status === 'True';
}

function run(argument: string, jobName = name): Deed {
  return { deed: 'create', manifest: exportJob(jobName, argument) };
}

function exportJob(jobName: string, argument: string): (namespace: string) => Manifest {
  const labels = { app: purpose, 'app.kubernetes.io/part-of': 'shop' };
  return (namespace) =>
    manifest(jobs, {
      metadata: { name: jobName, namespace, labels },
      spec: {
        backoffLimit: 2,
        template: {
          metadata: { labels },
          spec: {
            restartPolicy: 'Never',
            terminationGracePeriodSeconds: 1,
            containers: [
              {
                name: 'export',
                image,
                imagePullPolicy: 'IfNotPresent',
                args: ['export', argument],
                resources: {
                  requests: { cpu: '10m', memory: '32Mi' },
                  limits: { memory: '128Mi' },
                },
              },
            ],
          },
        },
      },
    });
}
