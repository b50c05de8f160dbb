/** Claude reads more before it hands in its plan: through the real SDK, checked request by request. */
import assert from 'node:assert/strict';
import { isOncallError } from '../../../../src/domain/error.ts';
import type { AnalysisUsage, SentRequest } from '../../../../src/domain/analysis.ts';
import type { KubeObject } from '../../../../src/domain/kubernetes.ts';
import { analyse, fails, results, words } from '../../../support/claude/analyse.ts';
import { plan } from '../../../support/claude/incident.ts';
import { breakpointsOf } from '../../../support/claude/protocol.ts';
import { startClaude, type Call, type ClaudeStandIn, type Reply } from '../../../support/claude/server.ts';
import { fakeCluster } from '../../cluster/fake-cluster.ts';
import { crashing, deployment, event, pod, revision } from '../../cluster/shop.ts';

const read = (name: string): Call => ({ name: 'get_object', input: { kind: 'Pod', name } });
const calls = (...names: string[]): Reply => ({ type: 'calls', calls: names.map(read) });
const done: Reply = { type: 'plan', input: plan };
const pods = (count: number): KubeObject[] =>
  Array.from({ length: count }, (_, index) => pod(`checkout-${String(index)}`, 1, crashing()));

describe('Claude reads more', () => {
  let claude: ClaudeStandIn;
  beforeEach(async () => {
    claude = await startClaude();
  });
  afterEach(async () => {
    await claude.close();
    assert.deepEqual(claude.faults, []);
  });

  it('and sees e-mail addresses only where nobody wants them taken out', async () => {
    for (const redactEmails of [false, true]) {
      const before = claude.requests.length;
      claude.script(
        { type: 'calls', calls: [{ name: 'read_events', input: { kind: 'Pod', name: 'checkout-0' } }] },
        done,
      );
      const cluster = fakeCluster(...pods(1), event('Pod', 'checkout-0', 'Failed', 'tell ada@shop.example'));
      await analyse(claude, { redactEmails }, { cluster });
      const [answer] = results(claude.requests[before + 1]);
      assert.equal(answer?.text.includes('ada@shop.example'), !redactEmails);
      assert.equal(/tell \[redacted:[0-9a-f]{4}\]/.test(answer?.text ?? ''), redactEmails);
    }
  });

  it('and what it read is evidence that its plan can cite', async () => {
    claude.script(
      {
        type: 'calls',
        text: 'Let me look.',
        calls: [read('checkout-0'), { name: 'read_events', input: { kind: 'Pod', name: 'checkout-0' } }],
      },
      {
        type: 'plan',
        text: 'It is the image.',
        input: { ...plan, proposals: [{ ...plan.proposals[0], evidence: ['e1', 'e3'] }] },
      },
    );
    const heard: string[] = [];
    const cluster = fakeCluster(...pods(1), event('Pod', 'checkout-0', 'BackOff', 'restarting'));
    const analysis = await analyse(claude, {}, { cluster, onText: (text) => heard.push(text) });
    assert.deepEqual(
      analysis.evidence?.map(({ id, summary }) => [id, summary]),
      [
        ['e2', 'Pod shop/checkout-0'],
        ['e3', '1 events of Pod shop/checkout-0'],
      ],
    );
    assert.deepEqual(analysis.proposals[0]?.evidence, ['e1', 'e3']);
    assert.deepEqual(analysis.notes, []);
    assert.deepEqual(
      results(claude.requests[1]).map(({ text, isError }) => [text.slice(0, 17), isError]),
      [
        ['<data label="e2">', false],
        ['<data label="e3">', false],
      ],
    );
    assert.equal(heard.join(''), 'Let me look.It is the image.');
  });

  it('several things at once, a few at a time, each answered in its place', async () => {
    const cluster = fakeCluster(...pods(9));
    const get = cluster.get.bind(cluster);
    let running = 0;
    let most = 0;
    cluster.get = async (ref, signal) => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
      return get(ref, signal);
    };
    const names = Array.from({ length: 9 }, (_, index) => `checkout-${String(index)}`);
    claude.script(calls(...names), done);
    await analyse(claude, {}, { cluster });
    assert.equal(most, 4);
    assert.deepEqual(
      results(claude.requests[1]).map(({ text }) => /checkout-\d/.exec(text)?.[0]),
      names,
    );
  });

  it('and gets a wrong call back with what is wrong, beside those that were right', async () => {
    claude.script(
      {
        type: 'calls',
        calls: [
          read('checkout-0'),
          { name: 'get_object', input: { kind: 'Pod' } },
          { name: 'bash', input: { command: 'kubectl delete ns shop' } },
          { name: 'get_object', input: { kind: 'Secret', name: 'x', namespace: 'kube-system' } },
        ],
      },
      done,
    );
    const analysis = await analyse(claude, {}, { cluster: fakeCluster(...pods(1)) });
    const [right, missing, unknown, outside] = results(claude.requests[1]);
    assert.deepEqual(
      [right?.isError, missing?.isError, unknown?.isError, outside?.isError],
      [false, true, true, true],
    );
    assert.match(missing?.text ?? '', /name/);
    assert.match(unknown?.text ?? '', /no tool bash/);
    assert.match(outside?.text ?? '', /kube-system may not be read/);
    assert.equal(analysis.evidence?.length, 1);
  });

  it('never a credential, wherever it is kept', async () => {
    const secrets = {
      data: 'c3VwZXItc2VjcmV0LXZhbHVl',
      applied: 'bGFzdC1hcHBsaWVkLXNlY3JldA',
      config: 'not-for-the-model-at-all',
      env: 'correct-horse-battery',
      log: 'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
      event: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlLWhlcmU',
    };
    claude.plant(...Object.values(secrets));
    const annotations = {
      'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({
        kind: 'Secret',
        data: { KEY: secrets.applied },
      }),
    };
    const cluster = fakeCluster(
      deployment(),
      revision(1, {}),
      revision(2, { container: { env: [{ name: 'DB_PASSWORD', value: secrets.env }] } }),
      pod('checkout-0', 2, crashing(), { container: { env: [{ name: 'DB_PASSWORD', value: secrets.env }] } }),
      event('Pod', 'checkout-0', 'Failed', `Authorization: Bearer ${secrets.event}`),
      {
        kind: 'Secret',
        type: 'Opaque',
        metadata: { namespace: 'shop', name: 'db', annotations },
        data: { KEY: secrets.data },
      },
      {
        kind: 'ConfigMap',
        metadata: { namespace: 'shop', name: 'conf' },
        data: { 'app.yaml': secrets.config, empty: '' },
      },
    );
    cluster.logTexts['checkout-0/app'] = `using ${secrets.log}\nready`;
    claude.script(
      {
        type: 'calls',
        calls: [
          { name: 'get_object', input: { kind: 'Secret', name: 'db' } },
          { name: 'get_object', input: { kind: 'Secret', name: 'db', path: 'keys' } },
          {
            name: 'list_objects',
            input: { kind: 'Secret', columns: ['data', 'keys', 'metadata.annotations'] },
          },
          { name: 'get_object', input: { kind: 'ConfigMap', name: 'conf' } },
          { name: 'get_object', input: { kind: 'Pod', name: 'checkout-0' } },
          {
            name: 'list_objects',
            input: { kind: 'Pod', columns: ['spec.containers[0].env[DB_PASSWORD].value'] },
          },
          { name: 'read_logs', input: { pod: 'checkout-0' } },
          { name: 'read_logs', input: { pod: 'checkout-0', contains: ['ghp_'] } },
          { name: 'read_events', input: { kind: 'Pod', name: 'checkout-0' } },
          { name: 'compare_revisions', input: { kind: 'Deployment', name: 'checkout' } },
        ],
      },
      done,
    );
    const analysis = await analyse(claude, {}, { cluster });
    const answers = results(claude.requests[1]);
    assert.deepEqual(
      answers.map(({ isError }) => isError),
      Array<boolean>(10).fill(false),
    );
    assert.match(answers[0]?.text ?? '', /"keys":\["KEY"\]/);
    assert.match(answers[3]?.text ?? '', /"keys":\["app.yaml","empty"\],"emptyKeys":\["empty"\]/);
    assert.match(answers[7]?.text ?? '', /0 lines of 2 contain/, 'what is hidden cannot be searched for');
    for (const secret of Object.values(secrets)) assert.ok(!JSON.stringify(analysis).includes(secret));
  });

  it('with everything that was sent before found in the cache', async () => {
    claude.script(calls('checkout-0', 'checkout-1'), calls('checkout-2'), done);
    await analyse(claude, {}, { cluster: fakeCluster(...pods(3)) });
    const places = claude.requests.map(({ raw }) =>
      breakpointsOf(JSON.parse(raw) as Record<string, unknown>),
    );
    assert.deepEqual(places, [
      ['tools.5', 'system.0', 'messages.0.1'],
      ['tools.5', 'system.0', 'messages.0.1', 'messages.2.1'],
      ['tools.5', 'system.0', 'messages.0.1', 'messages.4.0'],
    ]);
    // What the cache compares: tools, rules and messages in this order, without the marks themselves.
    const prefixes = claude.requests.map(({ body }) =>
      JSON.stringify([body.tools, body.system, ...body.messages], (key, value: unknown) =>
        key === 'cache_control' ? undefined : value,
      ).slice(0, -1),
    );
    prefixes.forEach((prefix, index) =>
      assert.ok(prefix.startsWith(prefixes[index - 1] ?? '['), String(index)),
    );
  });

  it('and its thinking goes back as it came', async () => {
    claude.script(calls('checkout-0'), done);
    await analyse(claude, {}, { cluster: fakeCluster(...pods(1)) });
    const [, assistant] = claude.requests[1]?.body.messages;
    assert.deepEqual(
      assistant.content.map(({ type }: { type: string }) => type),
      ['thinking', 'tool_use'],
    );
  });

  it('while what it uses up is told live', async () => {
    claude.script(
      {
        ...calls('checkout-0'),
        usage: { input_tokens: 100, cache_creation_input_tokens: 4000, output_tokens: 200 },
      },
      { ...done, usage: { input_tokens: 50, cache_read_input_tokens: 4000, output_tokens: 300 } },
    );
    const seen: AnalysisUsage[] = [];
    const progress: string[] = [];
    await analyse(
      claude,
      {},
      {
        cluster: fakeCluster(...pods(1)),
        onUsage: (usage) => seen.push(usage),
        onProgress: (message) => progress.push(message),
      },
    );
    const last = seen.at(-1);
    assert.ok(last);
    const { dollars = 0, elapsedMs, limits, ...counted } = last;
    assert.deepEqual(counted, {
      model: 'claude-opus-5-5',
      requests: 2,
      toolCalls: 1,
      inputTokens: 8150,
      cachedTokens: 4000,
      outputTokens: 500,
    });
    assert.ok(dollars > 0.03 && dollars < 0.04 && elapsedMs > 0 && limits.requests > 2);
    assert.deepEqual(progress, ['Reading Pod checkout-0']);
    seen.forEach((usage, index) => assert.ok(usage.outputTokens >= (seen[index - 1]?.outputTokens ?? 0)));
  });

  it('and every request can be looked at to the letter', async () => {
    claude.script({ type: 'status', status: 529 }, calls('checkout-0'), { type: 'cut' }, done);
    const sent: SentRequest[] = [];
    await analyse(claude, {}, { cluster: fakeCluster(...pods(1)), onSent: (request) => sent.push(request) });
    // The repetition of a request that was not answered is no other request.
    assert.deepEqual(
      sent.map(({ body }) => body),
      claude.requests.slice(1).map(({ raw }) => raw),
    );
    assert.deepEqual(
      sent.map(({ number }) => number),
      [1, 2, 3],
    );
    assert.ok(
      sent.every(({ url, body }) => url === `${claude.baseURL}/v1/messages` && !body.includes(claude.apiKey)),
    );
  });

  describe('until', () => {
    it('it is told that a budget is nearly used up', async () => {
      claude.models = [{ id: 'claude-opus-5-5' }];
      claude.script(calls('checkout-0'), calls('checkout-1'), calls('checkout-2'), done);
      const analysis = await analyse(
        claude,
        { limits: { requests: 5 } },
        { cluster: fakeCluster(...pods(4)) },
      );
      assert.deepEqual(
        claude.requests.map(words).map((text) => /reading ends here/.test(text)),
        [false, false, false, true],
      );
      assert.match(words(claude.requests[3]), /5 requests is nearly used up.*submit_plan now/);
      assert.equal(claude.requests[3]?.body.tool_choice, undefined, 'it may still think');
      assert.match(analysis.notes?.join() ?? '', /told to stop reading, because the budget of 5 requests/);
    });

    it('it has to, where it goes on reading and can be told not to think', async () => {
      claude.models = [{ id: 'claude-opus-5-5', thinkingCanBeDisabled: true }];
      claude.script(calls('checkout-0', 'checkout-1'), calls('checkout-2'), done);
      const cluster = fakeCluster(...pods(3));
      await analyse(claude, { limits: { toolCalls: 2 } }, { cluster });
      const forced = claude.requests[2];
      assert.deepEqual(forced?.body.tool_choice, { type: 'tool', name: 'submit_plan' });
      assert.deepEqual(forced?.body.thinking, { type: 'disabled' });
      assert.match(results(forced)[0]?.text ?? '', /no more reading/);
      assert.deepEqual(cluster.asked, ['get Pod shop/checkout-0', 'get Pod shop/checkout-1']);
    });

    it('it is over, where it never hands anything in', async () => {
      claude.models = [{ id: 'claude-opus-5-5', thinkingCanBeDisabled: false }];
      let turn = 0;
      claude.otherwise(() => calls(`checkout-${String(turn++)}`));
      const work = analyse(claude, { limits: { toolCalls: 3 } }, { cluster: fakeCluster(...pods(9)) });
      await fails(work, /handed in no plan although it was told to: the budget of 3 tool calls/);
      assert.equal(claude.requests.length, 5);
      assert.ok(claude.requests.every(({ body }) => body.tool_choice === undefined));
    });

    it('its money is spent', async () => {
      const reply = calls('checkout-0');
      claude.otherwise({ ...reply, usage: { input_tokens: 30_000, output_tokens: 5000 } });
      const work = analyse(claude, { limits: { dollars: 0.2 } }, { cluster: fakeCluster(...pods(1)) });
      await fails(work, /budget of \$0\.2 is used up/);
      assert.equal(claude.requests.length, 1);
    });

    it('its time is over, even in the middle of an answer', async () => {
      claude.otherwise({ type: 'hang', text: 'Well' });
      await fails(analyse(claude, { limits: { elapsedMs: 100 } }), /no plan although 0\.1 s went by/);
    });

    it('it goes in circles', async () => {
      claude.models = [{ id: 'claude-opus-5-5' }];
      claude.script(calls('checkout-0', 'checkout-0'), calls('checkout-0'), calls('checkout-0'), done);
      const cluster = fakeCluster(...pods(1));
      const analysis = await analyse(claude, {}, { cluster });
      assert.match(words(claude.requests[3]), /you read the same again and again/);
      assert.match(analysis.notes?.join() ?? '', /it read the same again and again/);
      assert.equal(cluster.asked.length, 1);
    });
  });

  it('and says that money cannot be limited where a model has no price', async () => {
    claude.script(done);
    const { notes } = await analyse(claude, { model: 'claude-fable-9' });
    assert.deepEqual(notes, ['What claude-fable-9 costs is not known: the limit on money had no effect']);
  });

  it('no more at a time than fits into the window of a small model', async () => {
    claude.models = [{ id: 'claude-opus-5-5', max_input_tokens: 4000 }];
    const cluster = fakeCluster(...pods(1));
    cluster.logTexts['checkout-0/app'] = 'x'.repeat(3000);
    claude.script({ type: 'calls', calls: [{ name: 'read_logs', input: { pod: 'checkout-0' } }] }, done);
    await analyse(claude, {}, { cluster });
    assert.match(results(claude.requests[1])[0]?.text ?? '', /at most 600 fit/);
  });

  describe('and when the conversation outgrows the window', () => {
    const overflows: Record<string, Reply> = {
      'in the middle of an answer': { type: 'text', text: 'I', stopReason: 'model_context_window_exceeded' },
      'before it': {
        type: 'status',
        status: 400,
        message: 'prompt is too long: 210000 tokens > 200000 maximum',
      },
      'by its size': { type: 'status', status: 413 },
    };
    for (const [name, overflow] of Object.entries(overflows)) {
      it(`${name}, drops the oldest results and goes on, once`, async () => {
        const cluster = fakeCluster(...pods(3));
        claude.script(calls('checkout-0'), calls('checkout-1'), overflow, calls('checkout-0'), done);
        const analysis = await analyse(claude, {}, { cluster });
        const texts = (request: ClaudeStandIn['requests'][number] | undefined): string[] =>
          request?.body.messages.flatMap(({ content }: { content: { type: string; content: string }[] }) =>
            content.flatMap((block) => (block.type === 'tool_result' ? [block.content] : [])),
          );
        const [first, second] = texts(claude.requests[3]);
        assert.equal(first, 'e2: Pod shop/checkout-0 (left out to make room)');
        assert.match(second ?? '', /^<data label="e3">/);
        assert.match(texts(claude.requests[4])[2] ?? '', /^<data label="e4">/, 'it may be read again');
        assert.equal(analysis.evidence?.length, 3);
        claude.script(calls('checkout-0'), overflow, overflow);
        await fails(analyse(claude, {}, { cluster }), /context window|too large/);
      });
    }
  });

  it('and asks again without strictness where the API finds the plan too complex', async () => {
    claude.script({ type: 'status', status: 400, message: 'The compiled grammar is too large' }, done);
    assert.equal((await analyse(claude)).summary, plan.summary);
    assert.deepEqual(
      claude.requests.map(({ body }) => body.tools.at(-1).strict),
      [true, undefined],
    );
  });

  it('and stops at once when it is cancelled in the middle of a read that does not end', async () => {
    const cluster = fakeCluster(...pods(1));
    const cancel = new AbortController();
    cluster.get = () => {
      setImmediate(() => cancel.abort());
      return new Promise(() => undefined);
    };
    claude.script(calls('checkout-0'));
    const error = await analyse(claude, {}, { cluster, signal: cancel.signal }).catch(
      (reason: unknown) => reason,
    );
    assert.ok(isOncallError(error) && error.code === 'cancelled', String(error));
    assert.equal(claude.requests.length, 1);
  });
});
