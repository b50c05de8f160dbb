/** Judges what the doctor saw. Pure: the same observations, the same lines. */
import type { Check } from './check.ts';
import { settingFix } from './check.ts';
import { gateChecks } from './gates.ts';
import type { Mode } from '../../domain/decision.ts';
import type { RoleName } from '../../remediation/rights.ts';
import { rolePurposes } from './needed-rights.ts';
import type { AskedRight, Observed } from './observed.ts';

/** Minor versions that kubectl may be away from the API server (https://kubernetes.io/releases/version-skew-policy/#kubectl). */
const supportedSkew = 1;
/** A clock this far off makes ages, leases and the settle window doubtful; milliseconds. */
const toleratedSkew = 5000;

/** All lines, in the order in which they are shown. */
export function checksOf(observed: Observed): Check[] {
  return [
    ...kubernetesChecks(observed),
    pagerdutyCheck(observed),
    claudeCheck(observed),
    journalCheck(observed),
    ...gateChecks(observed),
  ];
}

function kubernetesChecks({ kubectl, cluster, server, rights, mode }: Observed): Check[] {
  const part = 'Kubernetes';
  const checks: Check[] = [];
  checks.push(
    'value' in kubectl
      ? { part, health: 'ok', says: `kubectl ${kubectl.value.version} at ${kubectl.value.path}` }
      : {
          part,
          health: 'problem',
          says: 'There is no kubectl to run commands with',
          more: [kubectl.failure],
          fix: settingFix('oncall.kubernetes.kubectlPath'),
        },
  );
  if ('failure' in cluster) {
    checks.push({
      part,
      health: 'problem',
      says: 'There is no cluster to work with',
      more: [cluster.failure],
      fix: settingFix('oncall.kubernetes'),
    });
    return checks;
  }
  const { context, kubeconfig } = cluster.value;
  checks.push({ part, health: 'ok', says: `Context ${context} of ${kubeconfig}` });
  if (server === undefined) return checks;
  if ('failure' in server) {
    checks.push({
      part,
      health: 'problem',
      says: `The API server ${cluster.value.server} does not answer as it should`,
      more: [server.failure],
      fix: { title: 'Check Again', command: 'oncall.doctor' },
    });
    return checks;
  }
  const { version, ahead } = server.value;
  checks.push({ part, health: 'ok', says: `The API server ${cluster.value.server} answers: ${version}` });
  if ('value' in kubectl) checks.push(...skewCheck(kubectl.value.version, version));
  if (ahead !== undefined) checks.push(clockCheck(ahead));
  if (rights !== undefined) {
    checks.push(
      ...('value' in rights
        ? rightChecks(rights.value, mode)
        : [
            {
              part,
              health: 'unknown',
              says: 'What you may do in the cluster could not be asked',
              more: [rights.failure],
            } as const,
          ]),
    );
  }
  return checks;
}

/** `v1.36.2`, `1.36.2-gke.100`, `1.36+`. */
function minorOf(version: string): number | undefined {
  const minor = /^v?1\.(\d+)/.exec(version)?.[1];
  return minor === undefined ? undefined : Number(minor);
}

function skewCheck(client: string, server: string): Check[] {
  const [mine, theirs] = [minorOf(client), minorOf(server)];
  if (mine === undefined || theirs === undefined || Math.abs(mine - theirs) <= supportedSkew) return [];
  return [
    {
      part: 'Kubernetes',
      health: 'note',
      says: `kubectl is ${Math.abs(mine - theirs)} minor versions ${mine > theirs ? 'newer' : 'older'} than the API server`,
      more: [
        `Kubernetes supports ${supportedSkew}. Most commands work all the same; set "oncall.kubernetes.kubectlPath" to a kubectl of the server's version if one does not.`,
      ],
      fix: settingFix('oncall.kubernetes.kubectlPath'),
    },
  ];
}

function clockCheck(ahead: number): Check {
  const seconds = Math.round(Math.abs(ahead) / 1000);
  return Math.abs(ahead) <= toleratedSkew
    ? { part: 'Kubernetes', health: 'ok', says: "This machine's clock and the API server's agree" }
    : {
        part: 'Kubernetes',
        health: 'problem',
        says: `This machine's clock is ${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} the API server's`,
        more: ['Ages, locks and the settle window go by it: have it set by a time server.'],
      };
}

/** Roles that most teams get on without; their absence is said and is no fault. */
const optionalRoles: ReadonlySet<RoleName> = new Set(['secret-presence', 'node-operator']);
/** Rights that are named in one line. */
const namedRights = 6;

/** Missing rights by role; one line where none is missing. */
function rightChecks(rights: readonly AskedRight[], mode: Mode): Check[] {
  const part = 'Kubernetes';
  const missing = Map.groupBy(
    rights.filter(({ allowed }) => !allowed),
    ({ role }) => role,
  );
  if (missing.size === 0)
    return [
      { part, health: 'ok', says: `You have all ${rights.length} rights that the roles of Oncall list` },
    ];
  return [...missing].map(([role, list]) => ({
    part,
    health: optionalRoles.has(role) || (role === 'remediator' && mode === 'plan') ? 'note' : 'problem',
    says: `${list.length === 1 ? 'A right is' : `${list.length} rights are`} missing for ${rolePurposes[role]}`,
    more: [
      ...list.slice(0, namedRights).map(describeRight),
      ...(list.length > namedRights ? [`and ${list.length - namedRights} more`] : []),
      `media/rbac/${role}.yaml of the extension grants them; have whoever runs the cluster apply it.`,
    ],
  }));
}

function describeRight({ verb, resource, group, namespace, clusterWide }: AskedRight): string {
  const where =
    namespace !== undefined ? ` in namespace ${namespace}` : clusterWide ? '' : ' in all namespaces';
  return `${verb} ${group === '' ? resource : `${resource}.${group}`}${where}`;
}

function pagerdutyCheck({ pagerduty, settings }: Observed): Check {
  const part = 'PagerDuty';
  if (pagerduty === undefined)
    return {
      part,
      health: 'problem',
      says: 'No PagerDuty token is set',
      more: ['No incidents are listed without one.'],
      fix: { title: 'Set PagerDuty Token', command: 'oncall.setPagerDutyToken' },
    };
  if ('failure' in pagerduty)
    return {
      part,
      health: 'problem',
      says: 'PagerDuty does not answer as it should',
      more: [pagerduty.failure],
      fix: { title: 'Set PagerDuty Token', command: 'oncall.setPagerDutyToken' },
    };
  const { open, writesAs } = pagerduty.value;
  const says = `PagerDuty answers: ${open} open ${open === 1 ? 'incident' : 'incidents'} by your filters`;
  if (writesAs === undefined && settings.pagerduty.fromEmail === undefined)
    return {
      part,
      health: 'note',
      says,
      more: [
        'The key belongs to no user: acknowledging needs the e-mail address of one in "oncall.pagerduty.fromEmail".',
      ],
      fix: settingFix('oncall.pagerduty.fromEmail'),
    };
  return {
    part,
    health: 'ok',
    says: `${says}; changes are made as ${writesAs ?? settings.pagerduty.fromEmail}`,
  };
}

function claudeCheck({ claude, settings }: Observed): Check {
  const part = 'Claude';
  if (settings.engine === 'builtin')
    return { part, health: 'ok', says: 'The built-in diagnosis alone is chosen; nothing is sent to Claude' };
  if (claude === undefined)
    return {
      part,
      health: settings.engine === 'claude' ? 'problem' : 'note',
      says: 'No Anthropic API key is set: the built-in diagnosis works alone',
      fix: { title: 'Set Anthropic API Key', command: 'oncall.setAnthropicKey' },
    };
  if ('failure' in claude)
    return {
      part,
      health: 'problem',
      says: 'Claude does not answer as it should; the built-in diagnosis is used',
      more: [claude.failure],
      fix: { title: 'Set Anthropic API Key', command: 'oncall.setAnthropicKey' },
    };
  const { model } = settings.claude;
  const { models } = claude.value;
  if (model !== undefined && !models.includes(model))
    return {
      part,
      health: 'problem',
      says: `The account has no model ${model}`,
      more: ['It is named in "oncall.claude.model".'],
      fix: { title: 'Choose Claude Model', command: 'oncall.chooseClaudeModel' },
    };
  return {
    part,
    health: 'ok',
    says: `Claude answers: ${models.length} models, ${model ?? 'the default one'} is used`,
  };
}

function journalCheck({ journal }: Observed): Check {
  return 'value' in journal
    ? { part: 'Oncall', health: 'ok', says: `The journal in ${journal.value} can be written` }
    : {
        part: 'Oncall',
        health: 'problem',
        says: 'The journal cannot be written: nothing is executed',
        more: [journal.failure],
        fix: settingFix('oncall.audit.directory'),
      };
}
