/** What the product says itself stays whole; what it quotes of others is redacted before it is put in. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import type { Analyst } from '../../src/diagnosis/analyst.ts';
import { planTool } from '../../src/diagnosis/claude/plan-tool.ts';
import { incidentMessage } from '../../src/diagnosis/claude/prompt.ts';
import type { Diagnosis } from '../../src/domain/diagnosis.ts';
import type { NewRecord } from '../../src/domain/record.ts';
import { redactForms } from '../../src/domain/redaction.ts';
import { Scrubber } from '../../src/journal/scrub.ts';
import { runView } from '../../src/journal/runs.ts';
import { noteText } from '../../src/pagerduty/note.ts';
import { root } from '../support/paths.ts';
import { paymentsRun } from '../support/payments-run.ts';
import { shapes } from '../support/token-shapes.ts';

/** Sentences as the product says them, about objects whose names announce a credential to whoever does not know them. */
const sentences = [
  'Whoever owns invoices knows what belongs in Secret database-secret: nothing is made up here.',
  'Secret shop/api-token: the key "password" is missing',
  'Deployment shop/vault-token: 3 of 3 replicas ready',
  'Pod shop/auth-secret-0: Running, container session-token waiting (CrashLoopBackOff), 3 restarts',
  'The password of Secret database-password: it is read by nobody here.',
  'password for registry: ask whoever owns it',
  'Service shop/token: no endpoints; the selector app=payments-token matches no pod',
  'Nothing was run: step s1 on Deployment shop/user-credentials: waiting for approval.',
  'the ServiceAccount shop/builder-token: may not list secrets in namespace shop',
  'namespace sk-production-eu-central-1: 2 of 2 pods of xapp-gateway-prod restart again and again',
];

/** All texts of the sources, with names in the place of what is put in. */
async function textsOfSources(name: string): Promise<string[]> {
  const files = (await readdir(join(root, 'src'), { recursive: true })).filter((file) =>
    file.endsWith('.ts'),
  );
  const texts: string[] = [];
  for (const file of files.filter((one) => !/^(?:practice|domain[/\\]redaction)/.test(one))) {
    const source = ts.createSourceFile(
      file,
      await readFile(join(root, 'src', file), 'utf8'),
      ts.ScriptTarget.Latest,
    );
    const visit = (node: ts.Node): void => {
      if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) texts.push(node.text);
      if (ts.isTemplateExpression(node))
        texts.push(
          node.head.text +
            node.templateSpans
              .map(({ literal }) => (/^\w/.test(literal.text) ? `${name} ` : name) + literal.text)
              .join(''),
        );
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  // Only what says something: a word alone is no sentence.
  // What stands in a header of a request is no sentence either.
  return texts.filter((text) => /\w \w/.test(text) && !/^(?:Token token=|Bearer )/.test(text));
}

const diagnosisSaying = (text: string): Diagnosis => ({
  summary: text,
  rootCause: text,
  findings: [
    {
      name: 'CrashLoopBackOff',
      target: { kind: 'Deployment', namespace: 'shop', name: 'database-secret' },
      summary: text,
      evidence: ['e1'],
    },
  ],
  hypotheses: [{ statement: text, evidence: [] }],
  engine: 'builtin',
  notes: [text],
  evidence: [],
  gaps: [{ what: text, reason: text }],
  proposals: [],
});

describe('What the product says itself', () => {
  it('stays whole in every record of the journal', () => {
    const scrubber = new Scrubber();
    for (const text of sentences) {
      const diagnosis = diagnosisSaying(text);
      assert.deepEqual(scrubber.scrub('Diagnosed', { diagnosis }), { diagnosis });
      for (const [type, data] of [
        ['StepSkipped', { stepId: 's1', reason: text }],
        ['StepRefused', { stepId: 's1', reason: text }],
        ['TargetResolved', { target: {}, reason: text, doubt: text }],
        ['TargetUnclear', { candidates: [{ target: {}, reason: text }], reason: text }],
        ['VerificationFinished', { stepId: 's1', verified: false, message: text, evidence: [text] }],
        ['InterruptionChecked', { stepId: 's1', result: 'unknown', message: text }],
        ['ExecutionFinished', { stepId: 's1', exitCode: 1, durationMs: 1, output: '', error: text }],
        ['RunEnded', { status: 'unresolved', message: text }],
        [
          'StepReplaced',
          { step: { rationale: text, decision: { outcome: 'ask', reason: text } }, why: text },
        ],
        [
          'Previewed',
          { stepId: 's1', preview: { gaps: [text], rehearsal: { state: 'refused', message: text } } },
        ],
      ] as unknown as [NewRecord['type'], never][]) {
        assert.deepEqual(scrubber.scrub(type, data), data, `${type}: ${text}`);
      }
    }
  });

  it('is no credential by its form either, in none of the sources, whatever object it is about', async () => {
    for (const name of ['database-secret', 'sk-production-eu-central-1', 'api-token']) {
      const texts = await textsOfSources(name);
      assert(texts.length > 1000, String(texts.length));
      assert.deepEqual(
        texts.filter((text) => redactForms(text) !== text),
        [],
        name,
      );
    }
  });

  it('stays whole where a model reads it', () => {
    for (const text of sentences) {
      const { findings, evidence, gaps } = diagnosisSaying(text);
      const message = incidentMessage({
        alert: { id: 'P1', title: 'invoices is down' },
        target: { context: 'prod', namespace: 'shop', kind: 'Deployment', name: 'database-secret' },
        ...{ findings, evidence, gaps },
      });
      const said = JSON.stringify(message.content);
      assert(said.includes(JSON.stringify(JSON.stringify(text)).slice(3, -3)), said);
      assert.doesNotMatch(said, /\[redacted:/);
    }
  });
});

describe('A run of objects whose names begin like a token', () => {
  const named = (text: string, namespace: string, name: string): string =>
    text.replaceAll(namespace, 'NAMESPACE').replaceAll(name, 'NAME');

  const told = async (namespace: string, name: string, title = `${name} is down`) => {
    const at = await paymentsRun(namespace, name);
    try {
      const result = await at.run({
        alert: { id: 'P1', title },
        approve: ({ step }) => Promise.resolve({ type: 'approve', argvHash: step.argvHash }),
      });
      const [step] = result.plan.steps;
      const written = await at.written();
      assert.doesNotMatch(written, /\[redacted:/, `${namespace}/${name}`);
      assert(step?.argv.includes(name) || step?.command.includes(name), step?.command);
      const view = runView(await at.journal.records(), result.runId, { liveRuns: new Set() });
      assert(view);
      assert(noteText(view, 'n').includes(`${namespace}/${name}`));
      return JSON.parse(
        named(
          JSON.stringify({
            status: result.status,
            summary: result.diagnosis.summary,
            rootCause: result.diagnosis.rootCause,
            findings: result.diagnosis.findings,
            steps: result.plan.steps.map(({ action, argv, rationale, confidence, verificationText }) => ({
              ...{ action, argv, rationale, confidence, verificationText },
            })),
          }),
          namespace,
          name,
        ),
      ) as unknown;
    } finally {
      await at.close();
    }
  };

  it('finds, proposes and does the same as one of shop/payments, and names them to the letter', async function () {
    this.timeout(120_000);
    const usual = await told('ns-shop', 'the-payments');
    assert.match(JSON.stringify(usual), /"status":"resolved"/);
    for (const [issuer, { like }] of Object.entries(shapes)) {
      // A namespace has no dots, and a Service no more than 63 characters.
      const label = like.replaceAll('.', '-').replace(/[^a-z0-9-]/g, '');
      assert.deepEqual(await told(`${label}-eu-central-1`, `${label}-frontend-primary`), usual, issuer);
    }
    const random = ['sk', '-', '0123456789abcdef0123456789abcdef'].join('');
    assert.deepEqual(
      await told(`${random}-ns`, `${random}-app`, 'it is down'),
      usual,
      'as random as a token',
    );
  });
});

describe('What others wrote', () => {
  const password = 'Zq8-Correct.Horse9';
  /** Each a way in which programs write it. */
  const forms = [
    `password=${password}`,
    `password: ${password}`,
    `postgres://app:${password}@db/shop`,
    `{"client_secret":"${password}"}`,
    `Authorization: Bearer ${password}`,
    `--db-password ${password}`,
  ];

  it('enters no sentence of ours with a credential: alert, cluster, kubectl, callbacks', async () => {
    for (const form of forms) {
      const at = await paymentsRun('shop', 'payments', `error: the server said ${form}`);
      try {
        const { cluster } = at;
        const [service] = await cluster.list('Service', { namespace: 'shop' });
        assert(service);
        cluster.put(
          {
            ...service,
            metadata: {
              ...service.metadata,
              annotations: {
                'config.kubernetes.io/origin': `repo: https://ci:${password}@git.example/x.git\n`,
                'meta.helm.sh/release-name': `shop ${form}`,
                note: form,
              },
            },
          },
          {
            kind: 'Event',
            metadata: { name: 'e1', namespace: 'shop' },
            involvedObject: { kind: 'Service', name: 'payments' },
            ...{ type: 'Warning', reason: 'Failed', message: `it failed with ${form}` },
            lastTimestamp: new Date().toISOString(),
          },
        );
        await cluster.acquireLock('shop', 'oncall-p2', form);
        const approve = ({ step }: { step: { argvHash: string } }) =>
          Promise.resolve({ type: 'approve' as const, argvHash: step.argvHash, by: `ada ${form}` });
        const alert = {
          title: `payments: ${form}`,
          service: form,
          urgency: 'high',
          details: { [form]: form },
        };
        await at.run({ alert: { id: 'P1', ...alert }, approve });
        await at.run({ alert: { id: 'P2', ...alert }, approve });
        await at.run({
          alert: { id: 'P3', ...alert },
          approve: () => Promise.resolve({ type: 'skip', reason: `tried ${form}` }),
        });
        await at.run({ alert: { id: 'P4', ...alert }, approve: () => Promise.reject(new Error(form)) });
        const written = await at.written();
        assert(written.includes('[redacted:'));
        const [leak] = written.split('\n').filter((line) => line.includes(password));
        assert.equal(leak, undefined, form);
      } finally {
        await at.close();
      }
    }
  });

  it('enters none where a model wrote it', async () => {
    const { read } = planTool([{ name: 'restart_deployment', description: 'restarts' }]);
    for (const form of forms) {
      const reading = read({
        summary: `It says ${form}`,
        rootCause: form,
        hypotheses: [{ statement: form, evidence: [] }],
        proposals: [
          {
            action: 'restart_deployment',
            parameters: { namespace: 'shop', deployment: 'payments' },
            rationale: `Because of ${form}`,
            confidence: 0.5,
            evidence: [],
          },
        ],
      });
      assert(reading.ok, JSON.stringify(reading));
      assert(!JSON.stringify(reading).includes(password), form);
      const claude: Analyst = { engine: 'claude', analyse: () => Promise.resolve(reading.analysis) };
      const at = await paymentsRun();
      try {
        await at.run({ claude });
        assert(!(await at.written()).includes(password), form);
      } finally {
        await at.close();
      }
    }
  });

  it('is redacted in a field that the journal does not know yet', () => {
    const scrubber = new Scrubber();
    const data = { stepId: 's1', reason: 'Skipped', note: `password: ${password}`, more: { password } };
    const kept = scrubber.scrub('StepSkipped', data);
    assert(!JSON.stringify(kept).includes(password));
    const unknown = scrubber.scrub('FromTheFuture' as 'RunEnded', { message: `token: ${password}` } as never);
    assert(!JSON.stringify(unknown).includes(password));
  });
});
