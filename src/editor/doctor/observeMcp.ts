/** Looks at the Kubernetes MCP server as a step does before it goes through it; nothing is changed. */
import type { ClusterAccess } from '../../cluster/access.ts';
import { TimeLimit } from '../../domain/time-limit.ts';
import { otherCluster } from '../../remediation/transports/carry.ts';
import type { TransportSettings } from '../../remediation/transports/session.ts';
import { toolNames } from '../../remediation/transports/tool-calls.ts';
import type { AskedRight, McpSeen, Seen } from './observed.ts';

/** Milliseconds that a server may take until it is ready, as a step allows it. */
const readyWithinMs = 20_000;

export interface McpPlace {
  readonly transport: TransportSettings;
  /** Absolute path of kubectl, which tells what belongs to the context. */
  readonly kubectl: string;
  readonly cluster: Pick<ClusterAccess, 'kubeconfig' | 'context'>;
  /** What the server takes beside kubectl's rights; not asked where it has rights of its own. */
  readonly rights: () => Promise<Seen<readonly AskedRight[]>>;
}

/** @throws OncallError `mcp-unavailable` */
export async function lookAtMcp(place: McpPlace, signal: AbortSignal): Promise<McpSeen> {
  const limit = new TimeLimit(readyWithinMs, signal);
  try {
    return await lookUntil(place, limit.signal);
  } finally {
    limit.end();
  }
}

async function lookUntil(place: McpPlace, signal: AbortSignal): Promise<McpSeen> {
  const { kubeconfig, context } = place.cluster;
  const [{ openMcp }, { connectCluster }] = await Promise.all([
    import('../../remediation/transports/mcp.ts'),
    import('../../cluster/connect.ts'),
  ]);
  const session = await openMcp(
    place.transport.mcp,
    { kubectl: place.kubectl, kubeconfig, context, env: process.env },
    signal,
  );
  try {
    const cluster = await connectCluster({ kubeconfig, context });
    const doubt = session.pinned ? undefined : await otherCluster(session, cluster, signal);
    return {
      server: session.server,
      started: session.pinned,
      wantedTools: toolNames.length,
      missingTools: toolNames.filter((name) => !session.tools.has(name)),
      ...(doubt === undefined ? {} : { doubt }),
      ...(session.pinned ? { rights: await place.rights() } : {}),
    };
  } finally {
    await session.close().catch(() => undefined);
  }
}
