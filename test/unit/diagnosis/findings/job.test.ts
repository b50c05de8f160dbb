import assert from 'node:assert/strict';
import type { KubeObject } from '../../../../src/domain/kubernetes.ts';
import { fakeCluster, type FakeCluster } from '../../cluster/fake-cluster.ts';
import { ago, namespace } from '../../cluster/shop.ts';
import { investigate, names, only, target } from '../investigate.ts';

const template = (args: string[]): object => ({
  spec: { containers: [{ name: 'export', image: 'shop/reports:1', args }] },
});

interface Run {
  readonly name: string;
  readonly age: number;
  readonly args?: string[];
  readonly condition?: object;
  readonly succeeded?: number;
  readonly owned?: boolean;
}

const failed = { type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' };
const complete = { type: 'Complete', status: 'True' };

function job({ name, age, args = ['--format=cvs'], condition, succeeded, owned = false }: Run): KubeObject {
  return {
    kind: 'Job',
    metadata: {
      namespace,
      name,
      uid: `j-${name}`,
      creationTimestamp: ago(age),
      ...(owned && {
        ownerReferences: [
          { apiVersion: 'batch/v1', kind: 'CronJob', name: 'export', uid: 'cj', controller: true },
        ],
      }),
    },
    spec: { backoffLimit: 2, selector: { matchLabels: { 'job-name': name } }, template: template(args) },
    status: { ...(condition && { conditions: [condition] }), ...(succeeded && { succeeded }), failed: 3 },
  };
}

/** A pod of Job `export-2` that ended with an error. */
const pod: KubeObject = {
  kind: 'Pod',
  metadata: {
    namespace,
    name: 'export-2-x',
    uid: 'p1',
    labels: { 'job-name': 'export-2' },
    ownerReferences: [
      { apiVersion: 'batch/v1', kind: 'Job', name: 'export-2', uid: 'j-export-2', controller: true },
    ],
  },
  spec: { containers: [{ name: 'export' }] },
  status: {
    phase: 'Failed',
    containerStatuses: [
      { name: 'export', restartCount: 0, state: { terminated: { exitCode: 2, reason: 'Error' } } },
    ],
  },
};

function shop(...objects: KubeObject[]): FakeCluster {
  const cluster = fakeCluster(pod, ...objects);
  cluster.logTexts['export-2-x/export'] = 'INFO starting\nFATAL unknown format "cvs"\n';
  return cluster;
}

function cronJob(args: string[], spec: object = {}): KubeObject {
  return {
    kind: 'CronJob',
    metadata: { namespace, name: 'export', uid: 'cj' },
    spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template: template(args) } }, ...spec },
    status: {},
  };
}

const about = target('Job', 'export-2');

describe('a Job that gave up', () => {
  it('is told of with the end of its log, and nothing is deleted or made up', async () => {
    const result = await investigate(shop(job({ name: 'export-2', age: 60, condition: failed })), about);
    assert.deepEqual(names(result), ['BackoffLimitExceeded']);
    assert.match(result.rootCause, /FATAL unknown format "cvs"/);
    assert.deepEqual(result.proposals, []);
    const cited = new Set(result.findings[0]?.evidence);
    assert.ok(result.evidence.some(({ id, source }) => cited.has(id) && source.type === 'logs'));
  });

  for (const [reason, name] of [
    ['DeadlineExceeded', 'DeadlineExceeded'],
    ['PodFailurePolicy', 'JobFailed'],
    ['SomethingNew', 'JobFailed'],
  ] as const) {
    it(`is told of when the reason is ${reason}`, async () => {
      const result = await investigate(
        shop(job({ name: 'export-2', age: 60, condition: { ...failed, reason } })),
        about,
      );
      assert.deepEqual(names(result), [name]);
    });
  }

  it('is run anew by its CronJob where the template was changed since', async () => {
    const result = await investigate(
      shop(job({ name: 'export-2', age: 60, condition: failed, owned: true }), cronJob(['--format=csv'])),
      about,
    );
    const proposal = only(result);
    assert.deepEqual(
      [proposal.action, proposal.parameters],
      ['run_cron_job', { namespace: 'shop', cronjob: 'export', job: 'export-2-again' }],
    );
    assert.ok(proposal.claimedConfidence < 0.9, 'never by itself');
  });

  it('is run anew where the same template went well before', async () => {
    const before = job({ name: 'export-1', age: 90_000, condition: complete, succeeded: 1, owned: true });
    const result = await investigate(
      shop(
        job({ name: 'export-2', age: 60, condition: failed, owned: true }),
        before,
        cronJob(['--format=cvs']),
      ),
      about,
    );
    assert.equal(only(result).action, 'run_cron_job');
  });

  it('is not run anew where the same template would fail again, nor by a CronJob that is suspended', async () => {
    const run = job({ name: 'export-2', age: 60, condition: failed, owned: true });
    const same = await investigate(shop(run, cronJob(['--format=cvs'])), about);
    assert.deepEqual(same.proposals, []);
    assert.match(same.hypotheses[0]?.statement ?? '', /same Job again/);
    const suspended = await investigate(shop(run, cronJob(['--format=csv'], { suspend: true })), about);
    assert.deepEqual(suspended.proposals, []);
  });

  it('is over when a later Job of the same CronJob went well', async () => {
    const later = job({ name: 'export-3', age: 10, condition: complete, succeeded: 1, owned: true });
    const run = job({ name: 'export-2', age: 60, condition: failed, owned: true });
    assert.deepEqual(names(await investigate(shop(run, later, cronJob(['--format=cvs'])), about)), []);
  });

  it('is found from its CronJob, the newest run that is over first', async () => {
    const runs = [
      job({ name: 'export-3', age: 10, owned: true }),
      job({ name: 'export-2', age: 60, condition: failed, owned: true }),
    ];
    const result = await investigate(shop(...runs, cronJob(['--format=cvs'])), target('CronJob', 'export'));
    assert.deepEqual(names(result), ['BackoffLimitExceeded']);
    assert.equal(result.findings[0]?.target.name, 'export-2');
  });

  it('is none that runs or went well', async () => {
    for (const condition of [undefined, complete]) {
      const run = job({ name: 'export-2', age: 60, ...(condition && { condition }) });
      assert.deepEqual(names(await investigate(shop(run), about)), []);
    }
  });
});

describe('a Job or CronJob that starts nothing', () => {
  const found = async (object: KubeObject): Promise<string[]> => {
    const result = await investigate(fakeCluster(object), target(object.kind, object.metadata.name));
    assert.deepEqual(result.proposals, []);
    return names(result);
  };

  it('is told of when it is suspended, and not resumed: somebody may have meant it', async () => {
    const run = job({ name: 'export-2', age: 60 });
    assert.deepEqual(await found({ ...run, spec: { ...run['spec'], suspend: true } }), ['JobSuspended']);
    assert.deepEqual(await found(cronJob([], { suspend: true })), ['CronJobSuspended']);
    assert.deepEqual(await found(cronJob([])), []);
  });

  it('is told of when its schedule is none', async () => {
    assert.deepEqual(await found(cronJob([], { schedule: '0 25 * * *' })), ['UnparseableSchedule']);
  });
});
