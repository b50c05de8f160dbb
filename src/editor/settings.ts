/**
 * The settings `oncall.*`, checked. A value that does not fit is named once and the safe default used instead,
 * so that a typing mistake can never widen what the agent may do.
 */
import { isAbsolute } from 'node:path';
import * as z from 'zod/mini';
import { appearances, type ContextAppearance } from '../domain/context-appearance.ts';
import {
  defaultBreakerSettings,
  defaultThresholds,
  modes,
  modeSchema,
  type BreakerSettings,
  type Mode,
  type Thresholds,
} from '../domain/decision.ts';
import { plain } from '../domain/plain.ts';
import { riskRule, type RiskRule } from '../domain/risk.ts';
import { mcpAddress } from '../remediation/transports/address.ts';

export interface Settings {
  readonly mode: Mode;
  /** Whether a person has set the mode, and not the default decides. */
  readonly modeIsChosen: boolean;
  readonly modeByContext: Readonly<Record<string, Mode>>;
  readonly destructiveOperations: boolean;
  readonly autoApproveLowRisk: boolean;
  readonly maxActionsPerIncident: number;
  readonly cooldownSeconds: number;
  readonly maxChangesPerHour: number;
  readonly maxChangesAtOnce: number;
  readonly thresholds: Thresholds;
  readonly breaker: BreakerSettings;
  readonly verification: { readonly timeoutSeconds: number; readonly settleSeconds: number };
  readonly automaticUndo: boolean;
  readonly riskRules: readonly RiskRule[];
  readonly pagerduty: {
    readonly region: 'us' | 'eu';
    readonly baseUrl?: string;
    readonly pollIntervalSeconds: number;
    readonly assignedToMe: boolean;
    readonly teamIds: readonly string[];
    readonly serviceIds: readonly string[];
    readonly urgencies: readonly ('high' | 'low')[];
    readonly fromEmail?: string;
    /** Acknowledge when a run begins, and a note when it has ended. */
    readonly writeNotes: boolean;
    /** Resolve by itself what was verified to be over. */
    readonly resolveAutomatically: boolean;
  };
  readonly engine: 'auto' | 'claude' | 'builtin';
  /** Whether e-mail addresses are taken out of what Claude sees. */
  readonly redactEmails: boolean;
  readonly claude: {
    readonly model?: string;
    readonly baseUrl?: string;
    readonly effort?: 'low' | 'medium' | 'high';
    readonly maxTokens?: number;
  };
  readonly kubernetes: {
    readonly kubeconfig?: string;
    readonly context?: string;
    readonly contextByCluster: Readonly<Record<string, string>>;
    /** How contexts look, by glob of their names: see `appearanceOf`. */
    readonly contextAppearance: Readonly<Record<string, ContextAppearance>>;
    readonly allowedNamespaces: readonly string[];
    readonly kubectlPath?: string;
    /** What carries steps out. */
    readonly transport: 'auto' | 'kubectl' | 'mcp';
    /** Whether a Lease keeps two engineers from remediating one incident at once. */
    readonly coordination: boolean;
  };
  /** The Kubernetes MCP server. */
  readonly mcp: { readonly serverPath?: string; readonly host?: string; readonly port?: number };
  /** Folders of runbooks: absolute, or below `~/`. */
  readonly runbooks: readonly string[];
  readonly auditDirectory?: string;
  /** Days after which files of the audit log are moved aside; 0 keeps them in place. */
  readonly auditRetentionDays: number;
}

/** A value that was not taken. */
export interface WrongSetting {
  /** The setting's id, such as `oncall.mode`, or an environment variable. */
  readonly setting: string;
  /** One sentence: what is wrong and what is used instead. */
  readonly message: string;
}

/** What the settings are read from. */
export interface SettingsSource {
  /** The value a person has given to `oncall.<key>`, undefined where nobody has. */
  given(key: string): unknown;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const between = (low: number, high: number) => {
  const words = `must be a number from ${low} to ${high}`;
  return z.number(words).check(z.minimum(low, words), z.maximum(high, words));
};
const whole = (low: number, high: number) => {
  const words = `must be a whole number from ${low} to ${high}`;
  return z.int(words).check(z.minimum(low, words), z.maximum(high, words));
};
const oneOf = <const T extends readonly string[]>(...words: T) =>
  z.enum(words, `must be one of ${words.filter((word) => word !== '').join(', ')}`);
const flag = () => z.boolean('must be true or false');
const text = () => z.string('must be text').check(z.trim());
const texts = () =>
  z.array(
    z.string('must be text').check(z.trim(), z.minLength(1, 'must not be empty')),
    'must be a list of texts',
  );
const folders = () =>
  z.array(
    text().check(z.refine((path) => isAbsolute(path) || path.startsWith('~/'), 'must be an absolute path')),
    'must be a list of folders',
  );
const absolutePath = () =>
  text().check(z.refine((path) => path === '' || isAbsolute(path), 'must be an absolute path'));
const mcpHost = () =>
  text().check(
    z.refine(
      (host) => host === '' || mcpAddress(host, undefined) !== undefined,
      'must be the name or the address of a host, or a whole https:// URL',
    ),
  );
const contextAppearance = () =>
  z.strictObject(
    {
      appearance: oneOf(...appearances),
      label: z.optional(text().check(z.maxLength(40, 'must have 40 characters at most'))),
    },
    'must hold appearance, a label if you like, and nothing else',
  );
/** No namespace can have this name. */
const noNamespace = ['(none)'];
const loopback = new Set(['127.0.0.1', 'localhost', '[::1]']);
/** Tokens are sent there: https, or http to this very machine. */
const address = () =>
  text().check(
    z.refine((value) => {
      if (value === '') return true;
      if (!URL.canParse(value)) return false;
      const url = new URL(value);
      return url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname));
    }, 'must be an https address (http only to this machine)'),
  );

/** Reads every setting. Never throws: what is wrong stands in `wrong`. */
export function readSettings(source: SettingsSource): { settings: Settings; wrong: WrongSetting[] } {
  const wrong: WrongSetting[] = [];
  /** A schema is made only where there is a value: nearly all settings are left as they are, and a start waits for this. */
  const read = <T>(key: string, schema: () => z.ZodMiniType<T>, safe: T, variable?: string): T => {
    const given = source.given(key);
    const fromEnvironment = variable === undefined ? undefined : source.env[variable];
    const [value, name] =
      given === undefined && variable !== undefined
        ? [
            typeof safe === 'boolean'
              ? asBoolean(fromEnvironment)
              : typeof safe === 'number'
                ? asNumber(fromEnvironment)
                : fromEnvironment?.trim() || undefined,
            variable,
          ]
        : [given, `oncall.${key}`];
    if (value === undefined) return safe;
    const result = schema().safeParse(value);
    if (result.success) return result.data;
    const issue = result.error.issues[0];
    const path = issue?.path ?? [];
    const where = path.length === 0 ? '' : `, at ${path.join('.')},`;
    wrong.push({
      setting: name,
      message: `${name}${where} is ${shown(valueAt(value, path))}: it ${issue?.message ?? 'must be another one'}. ${safe === '' ? 'The default' : shown(safe)} is used instead.`,
    });
    return safe;
  };
  const optional = (key: string, schema: () => z.ZodMiniType<string>, variable?: string) => {
    const value = read(key, schema, '', variable);
    return value === '' ? undefined : value;
  };
  const raised = (key: string, least: number) => read(`confidence.${key}`, () => between(least, 1), least);
  const contexts = () => z.record(z.string(), oneOf(...modes), 'must be an object');

  const pagerdutyBaseUrl = optional('pagerduty.baseUrl', address);
  const fromEmail = optional('pagerduty.fromEmail', () =>
    text().check(z.regex(/^$|^[^@\s]+@[^@\s]+$/, 'must be an e-mail address')),
  );
  const model = optional('claude.model', text);
  const claudeBaseUrl = optional('claude.baseUrl', address);
  const effort = read('claude.effort', () => oneOf('', 'low', 'medium', 'high'), '');
  const maxTokens = read('claude.maxTokens', () => whole(0, 200_000), 0);
  const kubeconfig = optional('kubernetes.kubeconfig', text, 'K8S_CONFIG_PATH');
  const context = optional('kubernetes.context', text, 'K8S_CONTEXT');
  const kubectlPath = optional('kubernetes.kubectlPath', text);
  const transports = () => oneOf('auto', 'kubectl', 'mcp');
  // The variable is a yes-or-no question; a setting that was given answers before it.
  const transport =
    source.given('kubernetes.transport') === undefined
      ? read('kubernetes.transport', flag, false, 'K8S_USE_MCP_SERVER')
        ? 'mcp'
        : 'kubectl'
      : read('kubernetes.transport', transports, 'kubectl');
  const mcpServerPath = optional('mcp.serverPath', absolutePath, 'K8S_MCP_SERVER_PATH');
  const host = optional('mcp.host', mcpHost, 'K8S_MCP_SERVER_HOST');
  const port = read('mcp.port', () => whole(0, 65_535), 0, 'K8S_MCP_SERVER_PORT');
  const auditDirectory = optional('audit.directory', text);

  /** A wrong list must not allow every namespace: it allows none. */
  const allowedNamespaces = read('kubernetes.allowedNamespaces', texts, noNamespace);
  // A cap that cannot be read caps hardest: its context stays in plan mode.
  const modeByContext = capsOf(source.given('modeByContext'), read('modeByContext', contexts, {}));
  const riskRules = read(
    'risk.rules',
    () => z.array(riskRule, 'must be a list of rules'),
    rulesThatFit(source.given('risk.rules')),
  );
  // A rule that cannot be read may be one that forbids: until it is right, nothing runs by itself.
  const ruleIsWrong = wrong.some(({ setting }) => setting === 'oncall.risk.rules');
  const mode = read('mode', () => oneOf(...modes), 'plan');
  const settings: Settings = {
    mode: ruleIsWrong && mode === 'yolo' ? 'approval' : mode,
    modeIsChosen: source.given('mode') !== undefined,
    modeByContext,
    destructiveOperations: read(
      'destructiveOperations.enabled',
      flag,
      false,
      'K8S_ENABLE_DESTRUCTIVE_OPERATIONS',
    ),
    autoApproveLowRisk: read('approval.autoApproveLowRisk', flag, true) && !ruleIsWrong,
    maxActionsPerIncident: read('yolo.maxActionsPerIncident', () => whole(0, 100), 3),
    cooldownSeconds: read('yolo.cooldownSeconds', () => whole(0, 86_400), 600),
    maxChangesPerHour: read('yolo.maxChangesPerHour', () => whole(0, 1000), 10),
    maxChangesAtOnce: read('yolo.maxChangesAtOnce', () => whole(0, 100), 2),
    thresholds: {
      minimum: raised('minimum', defaultThresholds.minimum),
      autoLowAndMedium: raised('autoLowAndMedium', defaultThresholds.autoLowAndMedium),
      autoHigh: raised('autoHigh', defaultThresholds.autoHigh),
    },
    breaker: {
      failureThreshold: read(
        'breaker.failureThreshold',
        () => whole(1, 100),
        defaultBreakerSettings.failureThreshold,
      ),
      resetAfterSeconds: read(
        'breaker.resetAfterSeconds',
        () => whole(1, 86_400),
        defaultBreakerSettings.resetAfterSeconds,
      ),
      successesToClose: read(
        'breaker.successesToClose',
        () => whole(1, 100),
        defaultBreakerSettings.successesToClose,
      ),
    },
    verification: {
      timeoutSeconds: read('verification.timeoutSeconds', () => whole(1, 3600), 120),
      settleSeconds: read('verification.settleSeconds', () => whole(0, 600), 10),
    },
    automaticUndo: read('undo.automatic', flag, true),
    riskRules,
    pagerduty: {
      region: read('pagerduty.region', () => oneOf('us', 'eu'), 'us'),
      ...(pagerdutyBaseUrl === undefined ? {} : { baseUrl: pagerdutyBaseUrl }),
      pollIntervalSeconds: read('pagerduty.pollIntervalSeconds', () => whole(5, 3600), 30),
      assignedToMe: read('pagerduty.assignedToMe', flag, false),
      teamIds: read('pagerduty.teamIds', texts, []),
      serviceIds: read('pagerduty.serviceIds', texts, []),
      urgencies: read(
        'pagerduty.urgencies',
        () => z.array(oneOf('high', 'low'), 'must be a list').check(z.minLength(1, 'must not be empty')),
        ['high', 'low'],
      ),
      ...(fromEmail === undefined ? {} : { fromEmail }),
      writeNotes: read('pagerduty.writeNotes', flag, false),
      resolveAutomatically: read('pagerduty.resolveAutomatically', flag, false),
    },
    engine: read('analysis.engine', () => oneOf('auto', 'claude', 'builtin'), 'auto'),
    redactEmails: read('analysis.redactEmails', flag, false),
    claude: {
      ...(model === undefined ? {} : { model }),
      ...(claudeBaseUrl === undefined ? {} : { baseUrl: claudeBaseUrl }),
      ...(effort === '' ? {} : { effort }),
      ...(maxTokens === 0 ? {} : { maxTokens }),
    },
    kubernetes: {
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
      contextByCluster: read(
        'kubernetes.contextByCluster',
        () =>
          z.record(
            z.string(),
            // An empty name would mean whatever context is current.
            z.string('must be text').check(z.trim(), z.minLength(1, 'must name a context')),
            'must be an object',
          ),
        {},
      ),
      contextAppearance: read(
        'kubernetes.contextAppearance',
        () => z.record(z.string(), contextAppearance(), 'must be an object'),
        appearancesThatFit(source.given('kubernetes.contextAppearance')),
      ),
      allowedNamespaces: source.given('kubernetes.allowedNamespaces') === undefined ? [] : allowedNamespaces,
      ...(kubectlPath === undefined ? {} : { kubectlPath }),
      transport,
      coordination: read('kubernetes.coordination', flag, true),
    },
    mcp: {
      ...(mcpServerPath === undefined ? {} : { serverPath: mcpServerPath }),
      ...(host === undefined ? {} : { host }),
      ...(port === 0 ? {} : { port }),
    },
    runbooks: read('runbooks', folders, []),
    ...(auditDirectory === undefined ? {} : { auditDirectory }),
    auditRetentionDays: read('audit.retentionDays', () => whole(0, 3650), 0),
  };
  return { settings, wrong };
}

/** The part of a value that is wrong. */
function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : at),
    value,
  );
}

/** A value as the settings file writes it, cut short; a password in an address is left out. */
function shown(value: unknown): string {
  const text = JSON.stringify(value)?.replace(/\/\/[^/@\s]*@/, '//…@') ?? 'missing';
  return plain(text, 60);
}

/** `true` and `false` are what people of the Python original write; what is neither stays text, and is named as wrong. */
function asBoolean(value: string | undefined): unknown {
  const word = value?.trim();
  if (word === undefined || word === '') return undefined;
  if (/^(true|1|yes|on)$/i.test(word)) return true;
  if (/^(false|0|no|off)$/i.test(word)) return false;
  return word;
}

/** Digits are a number; what is none stays text, and is named as wrong. */
function asNumber(value: string | undefined): unknown {
  const word = value?.trim();
  if (word === undefined || word === '') return undefined;
  return /^\d+$/.test(word) ? Number(word) : word;
}

/** Where one rule is wrong the others still hold. */
function rulesThatFit(given: unknown): RiskRule[] {
  return (Array.isArray(given) ? given : []).flatMap((rule) => riskRule.safeParse(rule).data ?? []);
}

/** One that cannot be read looks like production: it may be. */
function appearancesThatFit(given: unknown): Record<string, ContextAppearance> {
  return Object.fromEntries(
    Object.entries(typeof given === 'object' ? (given ?? {}) : {}).map(([context, one]) => [
      context,
      contextAppearance().safeParse(one).data ?? { appearance: 'production' },
    ]),
  );
}

function capsOf(given: unknown, read: Readonly<Record<string, Mode>>): Readonly<Record<string, Mode>> {
  if (typeof given !== 'object' || given === null || Object.keys(read).length > 0) return read;
  const cap = (mode: unknown): Mode => modeSchema.safeParse(mode).data ?? 'plan';
  return Object.fromEntries(Object.entries(given).map(([context, mode]) => [context, cap(mode)]));
}
