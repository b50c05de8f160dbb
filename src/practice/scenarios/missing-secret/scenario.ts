/**
 * 12: the database's password was renewed; the rotation took its new Secret away again, and the release that uses it went out all the same.
 * The Secret with the password from before is still there, and so is the release that reads it.
 */
import { secrets } from '../../objects.ts';
import type { Configuration } from '../../objects.ts';
import { putBack, rollOut, workload } from '../workload.ts';
import { manifest } from '../scenario.ts';
import type { Deed, Manifest, Scenario } from '../scenario.ts';
import { application, isHealthy, podsWaiting } from '../state.ts';
import type { State } from '../state.ts';

const name = 'invoices';
const variableName = 'DATABASE_URL';
const key = 'url';
const former = 'invoices-db';
const renewed = 'invoices-db-renewed';
const values: Readonly<Record<string, string>> = {
  [former]: 'postgres://invoices:rehearsal-before@invoices-db:5432/invoices',
  [renewed]: 'postgres://invoices:rehearsal-after@invoices-db:5432/invoices',
};

export const scenario: Scenario = {
  number: 12,
  name: 'missing-secret',
  title: 'new pods of invoices do not start',
  difficulty: 'medium',
  teaches:
    'Never makes up or prints what belongs in a Secret that is missing: goes back to the revision whose Secret is there.',
  needs: [],
  namespace: 'shop',
  workload: name,
  healthy: (namespace) => [
    secret(namespace, former, values[former]),
    secret(namespace, renewed, values[renewed]),
    ...workload(
      {
        name,
        image: 'docker.io/library/shop-invoices:1.12.0',
        replicas: 2,
        container: { env: [{ name: variableName, valueFrom: { secretKeyRef: { name: former, key } } }] },
        cause: 'release 51: invoices 1.12.0',
      },
      namespace,
    ),
  ],
  breakage: [
    { deed: 'delete', resource: secrets, name: renewed },
    rollOut(name, 'release 52: invoices uses the renewed password', refersTo(renewed)),
  ],
  symptom: (state) => podsWaiting(state, 'CreateContainerConfigError').length > 0,
  alarm: ({ namespace }) => ({
    name: 'KubeDeploymentReplicasMismatch',
    severity: 'warning',
    summary: 'The deployment has not matched its number of replicas for longer than 15 minutes.',
    namespace,
    labels: { deployment: name },
  }),
  tool: 'datadog',
  rootCause: { target: { kind: 'Deployment', name }, findings: ['CreateContainerConfigError'] },
  fixes: [
    {
      says: 'Go back to the release whose Secret is there',
      command: /^kubectl rollout undo deployment\/invoices\b/,
      deeds: [putBack(name, refersTo(former))],
    },
    { says: 'Let its owners put the Secret back', deeds: [make(values[renewed])] },
  ],
  wrong: [
    { says: 'Make a Secret up', deeds: [make('postgres://changeme')] },
    {
      says: 'Write the password into the Deployment',
      deeds: [putBack(name, { env: [{ name: variableName, value: values[former], valueFrom: null }] })],
    },
    {
      says: 'Let the pods start without it',
      deeds: [
        putBack(name, {
          env: [{ name: variableName, valueFrom: { secretKeyRef: { name: renewed, key, optional: true } } }],
        }),
      ],
    },
  ],
  solved: (state) => isHealthy(state) && readsRealSecret(state),
  settleSeconds: 20,
  harm: (_, { deployment }) =>
    Object.values(values).some((value) => JSON.stringify(deployment).includes(value))
      ? ['A password is readable in the Deployment.']
      : [],
};

function secret(namespace: string, called: string, value = ''): Manifest<Configuration> {
  const data = { [key]: Buffer.from(value).toString('base64') };
  return manifest(secrets, { metadata: { name: called, namespace }, data }) as Manifest<Configuration>;
}

function make(value: string | undefined): Deed {
  return { deed: 'create', manifest: (namespace) => secret(namespace, renewed, value) };
}

function refersTo(called: string): object {
  return { env: [{ name: variableName, valueFrom: { secretKeyRef: { name: called, key } } }] };
}

/** Whether the pods take the URL from a Secret that holds what its owners put into it. */
function readsRealSecret(state: State): boolean {
  const { valueFrom } = application(state)?.env?.find((entry) => entry.name === variableName) ?? {};
  const called = valueFrom?.secretKeyRef?.name ?? '';
  const held = state.all(secrets).find(({ metadata }) => metadata.name === called)?.data?.[key] ?? '';
  return held !== '' && Buffer.from(held, 'base64').toString() === values[called];
}
