/** Looks at everything that has to work together, side by side; what fails is a finding, never an exception. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ClusterAccess } from '../../cluster/access.ts';
import { explain, isOncallError } from '../../domain/error.ts';
import { effectiveMode } from '../../policy/decide.ts';
import { cleanedEnvironment, findKubectl } from '../../remediation/kubectl.ts';
import type { Secrets } from '../secrets.ts';
import type { Session } from '../session.ts';
import type { AskedRight, Observed, Seen } from './observed.ts';
import { neededRights } from './needed-rights.ts';

const run = promisify(execFile);
/** Milliseconds that kubectl may take to tell its version. */
const versionLimit = 10_000;

export interface DoctorParts {
  readonly session: Session;
  readonly secrets: Secrets;
  /** Whether the workspace is trusted. */
  readonly trusted: () => boolean;
}

/** @param signal gives up waiting; what was not seen by then says so */
export async function observe(
  { session, secrets, trusted }: DoctorParts,
  signal: AbortSignal,
): Promise<Observed> {
  const { settings, agent } = session;
  const practice = session.practice.kind !== 'off';
  const { kubernetes } = settings;
  const access = seen(async () => {
    const { connectAccess } = await import('../../cluster/connect.ts');
    return connectAccess({
      ...(kubernetes.kubeconfig === undefined ? {} : { kubeconfig: kubernetes.kubeconfig }),
      ...(kubernetes.context === undefined ? {} : { context: kubernetes.context }),
    });
  });
  const server = access.then((one) =>
    'value' in one ? seen(() => lookAtServer(one.value, signal)) : undefined,
  );
  const rights = server.then(async (answers) => {
    const one = await access;
    return answers !== undefined && 'value' in answers && 'value' in one
      ? seen(() => askRights(one.value, kubernetes.allowedNamespaces, signal))
      : undefined;
  });
  const [cluster, seenServer, seenRights, kubectl, pagerduty, claude, journal, automationStopped] =
    await Promise.all([
      access,
      server,
      rights,
      seen(() => lookAtKubectl(kubernetes.kubectlPath, signal)),
      lookAtPagerDuty(session, secrets, practice, signal),
      lookAtClaude(session, secrets, signal),
      seen(async () => {
        await agent.open();
        return session.journalDirectory;
      }),
      seen(() => agent.automationStopped()),
    ]);
  const context = 'value' in cluster ? cluster.value.context : (kubernetes.context ?? '');
  return {
    settings,
    mode: effectiveMode(settings.mode, settings.modeByContext, context),
    practice,
    trusted: trusted(),
    breaker: agent.circuitBreaker(),
    automationStopped,
    journal,
    kubectl,
    cluster,
    ...(seenServer === undefined ? {} : { server: seenServer }),
    ...(seenRights === undefined ? {} : { rights: seenRights }),
    pagerduty,
    claude,
  };
}

async function seen<T>(look: () => Promise<T>): Promise<Seen<T>> {
  try {
    return { value: await look() };
  } catch (error) {
    return {
      failure: isOncallError(error) && error.code === 'cancelled' ? 'It was not waited for' : explain(error),
    };
  }
}

async function lookAtKubectl(
  configured: string | undefined,
  signal: AbortSignal,
): Promise<{ path: string; version: string }> {
  const path = await findKubectl(configured, process.env);
  const { stdout } = await run(path, ['version', '--client', '-o', 'json'], {
    env: cleanedEnvironment(process.env),
    timeout: versionLimit,
    signal,
  });
  const { clientVersion } = JSON.parse(stdout) as { clientVersion?: { gitVersion?: string } };
  return { path, version: clientVersion?.gitVersion ?? 'of an unknown version' };
}

async function lookAtServer(
  access: ClusterAccess,
  signal: AbortSignal,
): Promise<{ version: string; ahead?: number }> {
  const version = await access.check(signal);
  const time = await access.time(signal);
  return { version, ...(time === undefined ? {} : { ahead: Date.now() - time.getTime() }) };
}

function askRights(
  access: ClusterAccess,
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<AskedRight[]> {
  const everywhere = [undefined];
  return Promise.all(
    neededRights.flatMap((right) =>
      (right.clusterWide || namespaces.length === 0 ? everywhere : namespaces).map(async (namespace) => ({
        ...right,
        allowed: await access.mayI(right, namespace, signal),
        ...(namespace === undefined ? {} : { namespace }),
      })),
    ),
  );
}

async function lookAtPagerDuty(
  session: Session,
  secrets: Secrets,
  practice: boolean,
  signal: AbortSignal,
): Promise<Observed['pagerduty']> {
  if (!practice && (await secrets.get('pagerdutyToken')) === undefined) return undefined;
  return seen(async () => {
    await session.refresh();
    const { incidents } = session;
    if (incidents.kind === 'error') throw incidents.error;
    const writesAs = await session.pagerduty?.user(signal);
    return { open: incidents.incidents.length, ...(writesAs === undefined ? {} : { writesAs }) };
  });
}

async function lookAtClaude(
  session: Session,
  secrets: Secrets,
  signal: AbortSignal,
): Promise<Observed['claude']> {
  if (session.settings.engine === 'builtin' || (await secrets.get('anthropicKey')) === undefined)
    return undefined;
  return seen(async () => ({ models: (await session.agent.models(signal)).map(({ id }) => id) }));
}
