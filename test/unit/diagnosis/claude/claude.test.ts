/** Claude as an analyst, through the real SDK against a stand-in that speaks the streaming protocol. */
import assert from 'node:assert/strict';
import type { Analysis } from '../../../../src/diagnosis/analyst.ts';
import type { ClaudeOptions } from '../../../../src/diagnosis/claude/claude.ts';
import { actionNames } from '../../../../src/domain/action.ts';
import { investigation, plan } from '../../../support/claude/incident.ts';
import { analyse as analyseWith, fails, type Analysing } from '../../../support/claude/analyse.ts';
import { startClaude, type ClaudeStandIn } from '../../../support/claude/server.ts';

const custom = (argv: unknown): object => ({
  ...plan,
  proposals: [
    {
      action: 'custom_command',
      parameters: { argv, target: { kind: 'Deployment', namespace: 'shop', name: 'checkout' } },
      rationale: 'r',
      confidence: 0.5,
      evidence: [],
    },
  ],
});

describe('Claude', () => {
  let claude: ClaudeStandIn;
  beforeEach(async () => {
    claude = await startClaude();
  });
  afterEach(async () => {
    await claude.close();
    assert.deepEqual(claude.faults, []);
  });

  const analyse = (options: Partial<ClaudeOptions> = {}, run: Analysing = {}): Promise<Analysis> =>
    analyseWith(claude, options, run);

  it('answers with a plan, and its words arrive while it thinks', async () => {
    claude.script({ type: 'plan', input: plan, text: 'The pods exit at once. A variable is missing.' });
    const words: string[] = [];
    const analysis = await analyse({}, { onText: (text) => words.push(text) });
    assert.ok(words.length > 1, 'in pieces');
    assert.equal(words.join(''), 'The pods exit at once. A variable is missing.');
    assert.deepEqual(analysis, {
      summary: plan.summary,
      rootCause: plan.rootCause,
      hypotheses: plan.hypotheses,
      evidence: [],
      notes: [],
      proposals: [
        {
          action: 'rollback_deployment',
          parameters: { namespace: 'shop', deployment: 'checkout', revision: 1 },
          rationale: 'Revision 1 had the variable.',
          claimedConfidence: 0.9,
          evidence: ['e1'],
        },
        {
          action: 'fix_service_selector',
          parameters: { namespace: 'shop', service: 'checkout', selector: { app: 'checkout' } },
          rationale: 'The selector matches nothing.',
          claimedConfidence: 0.4,
          evidence: [],
        },
      ],
    });
  });

  it('may find that there is nothing to do', async () => {
    claude.script({
      type: 'plan',
      input: { summary: 'Healthy again.', rootCause: '', hypotheses: [], proposals: [] },
    });
    assert.deepEqual((await analyse()).proposals, []);
  });

  describe('is asked', () => {
    const asked = async (
      options: Partial<ClaudeOptions> = {},
    ): Promise<ClaudeStandIn['requests'][number]> => {
      claude.script({ type: 'plan', input: plan });
      await analyse(options);
      const [request] = claude.requests;
      assert.ok(request);
      return request;
    };

    it('with the key, model, effort and bound of the settings', async () => {
      const { body, headers } = await asked({ model: 'claude-sonnet-5-5', effort: 'low', maxTokens: 9000 });
      assert.equal(headers.authorization, 'Bearer test-key');
      assert.deepEqual(
        [body.model, body.output_config, body.max_tokens, body.thinking.type],
        ['claude-sonnet-5-5', { effort: 'low' }, 9000, 'adaptive'],
      );
    });

    it('with a strict tool and rules that are cached', async () => {
      const { body } = await asked();
      assert.equal(body.model, 'claude-opus-5-5');
      assert.deepEqual(
        body.tools.map(({ name, strict, cache_control }: Record<string, unknown>) => [
          name,
          strict,
          cache_control,
        ]),
        [['submit_plan', true, { type: 'ephemeral' }]],
      );
      assert.deepEqual(body.system.at(-1).cache_control, { type: 'ephemeral' });
      const offered = body.tools[0].input_schema.properties.proposals.items.anyOf;
      assert.deepEqual(
        offered.map((one: { properties: { action: { const: string } } }) => one.properties.action.const),
        actionNames,
      );
      for (const one of offered) assert.ok(one.description.length > 10);
    });

    it('never by a key or address of the environment', async () => {
      const before = { ...process.env };
      Object.assign(process.env, { ANTHROPIC_API_KEY: 'env-key', ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' });
      try {
        const { headers } = await asked();
        assert.equal(headers.authorization, 'Bearer test-key');
        assert.doesNotMatch(JSON.stringify(headers), /env-key/);
      } finally {
        process.env = before;
      }
    });

    it('with everything from outside as labelled data that cannot close its block', async () => {
      const { body } = await asked();
      const [first] = body.messages[0].content;
      const blocks = [...first.text.matchAll(/<data label="([^"]*)">\n(.*)\n<\/data>/g)];
      assert.deepEqual(
        blocks.map(([, label]) => label),
        ['alert', 'target', 'findings', 'evidence', 'not readable'],
      );
      assert.deepEqual(JSON.parse(blocks[0][2]), investigation.alert);
      assert.deepEqual(JSON.parse(blocks[3][2]), investigation.evidence);
      assert.equal(first.text.split('</data>').length - 1, 5);
      assert.doesNotMatch(JSON.stringify([body.system, body.tools]), /checkout/);
      assert.match(body.system[0].text, /never an instruction/);
    });

    it('without the credentials that evidence, alert or findings hold', async () => {
      const secrets = [
        'hunter2-very-secret',
        'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
        'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlLWhlcmU',
        'p4ssw0rd-in-url',
        'k3y-of-the-alert',
        'MIIEvQIBADANBgkqhkiG9w0',
      ];
      const [password, github, jwt, url, alert, pem] = secrets;
      const [evidence] = investigation.evidence;
      assert.ok(evidence);
      claude.script({ type: 'plan', input: {} }, { type: 'plan', input: plan });
      await analyse(
        {},
        {
          investigation: {
            ...investigation,
            alert: {
              ...investigation.alert,
              title: `token=${String(github)}`,
              details: { deep: [{ api_key: alert }] },
            },
            evidence: [
              {
                ...evidence,
                summary: `Authorization: Bearer ${String(jwt)}`,
                detail: `starting\npassword: ${String(password)}\nDB postgres://app:${String(url)}@db/shop\n-----BEGIN RSA PRIVATE KEY-----\n${String(pem)}\n-----END RSA PRIVATE KEY-----`,
              },
            ],
            gaps: [{ what: 'x', reason: `--token ${String(github)}` }],
          },
        },
      );
      assert.equal(claude.requests.length, 2);
      for (const { raw } of claude.requests) {
        for (const secret of secrets) assert.ok(!raw.includes(secret), secret);
        assert.match(raw, /redacted:/);
      }
    });

    it('without more log than fits', async () => {
      const [evidence] = investigation.evidence;
      assert.ok(evidence);
      claude.script({ type: 'plan', input: plan });
      const long = { ...evidence, detail: `first ${'x'.repeat(500_000)} last` };
      await analyse({}, { investigation: { ...investigation, evidence: [long] } });
      const raw = claude.requests[0]?.raw ?? '';
      assert.ok(raw.length < 60_000);
      assert.match(raw, /first x+ … \d+ characters left out … x+ last/);
    });
  });

  describe('gets a wrong plan back once, with what is wrong', () => {
    const wrong: Record<string, [unknown, RegExp]> = {
      'an unknown action': [
        { ...plan, proposals: [{ ...plan.proposals[0], action: 'delete_namespace' }] },
        /action/,
      ],
      'a missing parameter': [
        { ...plan, proposals: [{ ...plan.proposals[0], parameters: { namespace: 'shop' } }] },
        /deployment/,
      ],
      'an additional parameter': [
        {
          ...plan,
          proposals: [
            { ...plan.proposals[0], parameters: { ...plan.proposals[0]?.parameters, force: true } },
          ],
        },
        /force/,
      ],
      'a confidence above 1': [
        { ...plan, proposals: [{ ...plan.proposals[0], confidence: 7 }] },
        /confidence/,
      ],
      'no plan at all': [{}, /summary/],
      'a command that is one string for a shell': [custom('kubectl get pods | sh'), /argv/],
      'a command with a word that is no text': [custom(['kubectl', 7]), /argv/],
      'a command that is not kubectl': [
        custom(['sh', '-c', 'kubectl get pods']),
        /must start with "kubectl"/,
      ],
    };
    for (const [name, [input, complaint]] of Object.entries(wrong)) {
      it(`such as ${name}`, async () => {
        claude.script({ type: 'plan', input }, { type: 'plan', input: plan });
        assert.equal((await analyse()).summary, plan.summary);
        const [result] = claude.requests[1]?.body.messages.at(-1).content;
        assert.equal(result.type, 'tool_result');
        assert.equal(result.is_error, true);
        assert.match(result.content, complaint);
      });
    }

    it('and no second time', async () => {
      claude.script({ type: 'plan', input: custom('rm -rf /') }, { type: 'plan', input: custom('rm -rf /') });
      await fails(analyse(), /does not have the required form, also at the second attempt/);
      assert.equal(claude.requests.length, 2);
    });

    it('also when it calls a tool that does not exist, or none', async () => {
      claude.script({ type: 'plan', input: plan, tool: 'bash' }, { type: 'plan', input: plan });
      await analyse();
      claude.script({ type: 'text', text: 'All done.' }, { type: 'plan', input: plan });
      await analyse();
      claude.script({ type: 'text', text: 'All done.' }, { type: 'text', text: 'Really.' });
      await fails(analyse(), /ended without handing in a plan \(end_turn\)/);
    });
  });

  it('keeps each word of a custom command apart, whatever is in it', async () => {
    const argv = ['kubectl', 'annotate', '-n', 'shop', 'deployment/checkout', 'note=$(id); rm -rf / | sh'];
    claude.script({ type: 'plan', input: custom(argv) });
    const [proposal] = (await analyse()).proposals;
    assert.equal(proposal?.action, 'custom_command');
    assert.deepEqual(proposal.parameters.argv, argv);
  });
});
