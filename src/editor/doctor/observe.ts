/** Looks at everything that has to work together, side by side; what fails is a finding, never an exception. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ClusterAccess } from '../../cluster/access.ts';
import { explain, isOncallError } from '../../domain/error.ts';
import type { Incident } from '../../domain/incident.ts';
import { effectiveMode } from '../../policy/decide.ts';
import { cleanedEnvironment, findKubectl } from '../../remediation/kubectl.ts';
import type { PagerDutyLink } from '../pagerdutyLink.ts';
import type { Secrets } from '../secrets.ts';
import type { Session } from '../session.ts';
import type { Settings } from '../settings.ts';
import { wantsServer } from '../../remediation/transports/carry.ts';
import type { AskedRight, Observed, PagerDutySeen, Seen, TokenRead } from './observed.ts';
import { mcpRights, neededRights, type NeededRight } from './needed-rights.ts';
import { lookAtMcp } from './observeMcp.ts';

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
      ? seen(() => askRights(neededRights, one.value, kubernetes.allowedNamespaces, signal))
      : undefined;
  });
  const program = seen(() => lookAtKubectl(kubernetes.kubectlPath, signal));
  const [cluster, seenServer, seenRights, kubectl, mcp, pagerduty, claude, journal, automationStopped] =
    await Promise.all([
      access,
      server,
      rights,
      program,
      lookAtTransport(settings, access, program, signal),
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
    yolo: session.yolo,
    practice,
    trusted: trusted(),
    breaker: agent.circuitBreaker(),
    automationStopped,
    ...(agent.mustLook === undefined ? {} : { mustLook: agent.mustLook }),
    journal,
    leftOut: agent.known?.leftOut ?? 0,
    kubectl,
    cluster,
    ...(seenServer === undefined ? {} : { server: seenServer }),
    ...(seenRights === undefined ? {} : { rights: seenRights }),
    ...(mcp === undefined ? {} : { mcp }),
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

/** The MCP server, where steps are to go through one; undefined where kubectl alone carries them out. */
async function lookAtTransport(
  { mcp, kubernetes }: Settings,
  access: Promise<Seen<ClusterAccess>>,
  program: Promise<Observed['kubectl']>,
  signal: AbortSignal,
): Promise<Observed['mcp']> {
  const transport = { choice: kubernetes.transport, mcp };
  if (!wantsServer(transport)) return undefined;
  const [cluster, kubectl] = await Promise.all([access, program]);
  if ('failure' in cluster) return { failure: 'There is no cluster to give it' };
  if ('failure' in kubectl) return { failure: 'There is no kubectl to tell what belongs to the context' };
  const rights = () => seen(() => askRights(mcpRights, cluster.value, kubernetes.allowedNamespaces, signal));
  return seen(() =>
    lookAtMcp({ transport, kubectl: kubectl.value.path, cluster: cluster.value, rights }, signal),
  );
}

function askRights(
  rights: readonly NeededRight[],
  access: ClusterAccess,
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<AskedRight[]> {
  const everywhere = [undefined];
  return Promise.all(
    rights.flatMap((right) =>
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
    return {
      open: incidents.incidents.length,
      ...(await tryToken(session.connected(), incidents.incidents[0], signal)),
    };
  });
}

/** Reads whatever the product reads beside incidents; what belongs to one is asked of the newest. */
async function tryToken(
  link: PagerDutyLink,
  incident: Incident | undefined,
  signal: AbortSignal,
): Promise<Omit<PagerDutySeen, 'open'>> {
  const read = async (what: string, neededFor: string, look: () => Promise<unknown>): Promise<TokenRead> => ({
    what,
    neededFor,
    seen: await seen(look),
  });
  const [writesAs, ...reads] = await Promise.all([
    seen(() => link.user(signal)),
    read('users', 'reassigning', () => link.users('', signal)),
    ...(incident === undefined
      ? []
      : [
          read('alerts', 'diagnosis that knows what the alarm is about', () => link.alertFor(incident)),
          read('notes', 'history of the incident', () =>
            link.details(incident, 'notes', () => Promise.resolve([]), signal),
          ),
        ]),
  ]);
  return { writesAs, reads };
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
