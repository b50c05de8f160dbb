/** kubectl, the cluster, and what may be done there. Pure. */
import type { Mode } from '../../domain/decision.ts';
import { againFix, linesOf, settingFix, type Check, type Fix } from './check.ts';
import { optionalRoles, rolePurposes } from './needed-rights.ts';
import type { AskedRight, Observed, Seen } from './observed.ts';

/** Minor versions that kubectl may be away from the API server (https://kubernetes.io/releases/version-skew-policy/#kubectl). */
const supportedSkew = 1;
/** A clock this far off makes ages, leases and the settle window doubtful; milliseconds. */
const toleratedSkew = 5000;
/** Rights that are named in one line. */
const namedRights = 6;

const line = linesOf('Kubernetes');
const kubectlFix = settingFix('oncall.kubernetes.kubectlPath');

export function kubernetesChecks({ kubectl, cluster, server, rights, mode }: Observed): Check[] {
  const version = 'value' in kubectl ? kubectl.value.version : undefined;
  return [
    'value' in kubectl
      ? line.ok(`kubectl ${kubectl.value.version} at ${kubectl.value.path}`)
      : line.problem('There is no kubectl to run commands with', {
          more: [kubectl.failure],
          fix: kubectlFix,
        }),
    clusterCheck(cluster),
    ...('value' in cluster && server !== undefined
      ? serverChecks(cluster.value.server, server, version)
      : []),
    ...(rights === undefined ? [] : rightChecks(rights, mode)),
  ];
}

function clusterCheck(cluster: Observed['cluster']): Check {
  return 'value' in cluster
    ? line.ok(`Context ${cluster.value.context} of ${cluster.value.kubeconfig}`)
    : line.problem('There is no cluster to work with', {
        more: [cluster.failure],
        fix: settingFix('oncall.kubernetes'),
      });
}

function serverChecks(
  address: string,
  server: NonNullable<Observed['server']>,
  kubectl: string | undefined,
): Check[] {
  if ('failure' in server)
    return [
      line.problem(`The API server ${address} does not answer as it should`, {
        more: [server.failure],
        fix: againFix,
      }),
    ];
  const { version, ahead } = server.value;
  return [
    line.ok(`The API server ${address} answers: ${version}`),
    ...(kubectl === undefined ? [] : skewChecks(kubectl, version)),
    ...(ahead === undefined ? [] : [clockCheck(ahead)]),
  ];
}

/** `v1.36.2`, `1.36.2-gke.100`, `1.36+`. */
function minorOf(version: string): number | undefined {
  const minor = /^v?1\.(\d+)/.exec(version)?.[1];
  return minor === undefined ? undefined : Number(minor);
}

function skewChecks(client: string, server: string): Check[] {
  const [mine, theirs] = [minorOf(client), minorOf(server)];
  if (mine === undefined || theirs === undefined) return [];
  const skew = Math.abs(mine - theirs);
  if (skew <= supportedSkew) return [line.ok('kubectl and the API server are versions that work together')];
  return [
    line.note(`kubectl is ${skew} minor versions ${mine > theirs ? 'newer' : 'older'} than the API server`, {
      more: [
        `Kubernetes supports ${supportedSkew}. Most commands work all the same; set "oncall.kubernetes.kubectlPath" to a kubectl of the server's version if one does not.`,
      ],
      fix: kubectlFix,
    }),
  ];
}

function clockCheck(ahead: number): Check {
  const seconds = Math.round(Math.abs(ahead) / 1000);
  return Math.abs(ahead) <= toleratedSkew
    ? line.ok("This machine's clock and the API server's agree")
    : line.problem(
        `This machine's clock is ${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} the API server's`,
        {
          more: ['Ages, locks and the settle window go by it: have it set by a time server.'],
          fix: againFix,
        },
      );
}

/** Missing rights by role; one line where none is missing. */
function rightChecks(rights: Seen<readonly AskedRight[]>, mode: Mode): Check[] {
  if ('failure' in rights)
    return [
      line.unknown('What you may do in the cluster could not be asked', {
        more: [rights.failure],
        fix: againFix,
      }),
    ];
  const missing = Map.groupBy(
    rights.value.filter(({ allowed }) => !allowed),
    ({ role }) => role,
  );
  if (missing.size === 0)
    return [line.ok(`You have all ${rights.value.length} rights that the roles of Oncall list`)];
  return [...missing].map(([role, list]) => {
    const needless = optionalRoles.has(role) || (role === 'remediator' && mode === 'plan');
    const says = `${list.length === 1 ? 'A right is' : `${list.length} rights are`} missing for ${rolePurposes[role]}`;
    return line[needless ? 'note' : 'problem'](says, {
      more: [
        ...list.slice(0, namedRights).map(rightWords),
        ...(list.length > namedRights ? [`and ${list.length - namedRights} more`] : []),
        `media/rbac/${role}.yaml of the extension grants them; have whoever runs the cluster apply it.`,
      ],
      fix: roleFix(role),
    });
  });
}

/** Opens the manifest that grants a role. */
function roleFix(role: string): Fix {
  return { title: `Open ${role}.yaml`, command: 'vscode.open', file: `media/rbac/${role}.yaml` };
}

/** A right in the words of `kubectl auth can-i`. */
export function rightWords({ verb, resource, group, namespace, clusterWide }: AskedRight): string {
  const where =
    namespace !== undefined ? ` in namespace ${namespace}` : clusterWide ? '' : ' in all namespaces';
  return `${verb} ${group === '' ? resource : `${resource}.${group}`}${where}`;
}
