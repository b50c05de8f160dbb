/** A whole diagnosis with Claude in it: what it read counts as evidence, and when it fails the built-in rules stand in. */
import assert from 'node:assert/strict';
import { createClaudeAnalyst } from '../../../../src/diagnosis/claude/claude.ts';
import { computeConfidence } from '../../../../src/diagnosis/confidence.ts';
import { diagnose } from '../../../../src/diagnosis/diagnose.ts';
import { plan } from '../../../support/claude/incident.ts';
import {
  startClaude,
  type ClaudeRequest,
  type ClaudeStandIn,
  type Reply,
} from '../../../support/claude/server.ts';
import { fakeCluster } from '../../cluster/fake-cluster.ts';
import { crashing, deployment, event, pod, revision } from '../../cluster/shop.ts';
import { actionNames } from '../../../../src/domain/action.ts';
import { descriptions } from '../../../../src/remediation/actions/catalogue.ts';
import { alert, target } from '../investigate.ts';

describe('A diagnosis with Claude', () => {
  let claude: ClaudeStandIn;
  beforeEach(async () => {
    claude = await startClaude();
  });
  afterEach(async () => {
    await claude.close();
    assert.deepEqual(claude.faults, []);
  });

  const run = async (namespaces: string[] = []): ReturnType<typeof diagnose> => {
    const cluster = fakeCluster(
      deployment(),
      revision(1, { container: { command: ['serve'] } }),
      revision(2, { replicas: 1, createdAgo: 900, container: { command: ['srve'] } }),
      pod('checkout-hash2-a', 2, crashing(127)),
      event('Pod', 'checkout-hash2-a', 'BackOff', 'restarting'),
      { kind: 'Service', metadata: { namespace: 'db', name: 'postgres' }, spec: {} },
    );
    const analyst = createClaudeAnalyst({
      apiKey: claude.apiKey,
      baseURL: claude.baseURL,
      catalogue: actionNames.map((name) => ({ name, description: descriptions[name] })),
    });
    return diagnose({
      alert,
      target: target(),
      cluster,
      claude: analyst,
      namespaces,
      signal: new AbortController().signal,
    });
  };

  const reading: Reply = {
    type: 'calls',
    calls: [{ name: 'get_object', input: { kind: 'Deployment', name: 'checkout' } }],
  };
  /** Cites what the last request brought, for a step that the built-in rules do not propose: of theirs, their own evidence stands. */
  const citing =
    (wanted: (read: string) => string) =>
    ({ body }: ClaudeRequest): Reply => {
      const [, id = ''] = /data label=\\?"(e\d+)\\?"/.exec(JSON.stringify(body.messages.at(-1))) ?? [];
      const [proposal] = plan.proposals;
      const own = {
        ...proposal,
        action: 'restart_deployment',
        parameters: { namespace: 'shop', deployment: 'checkout' },
      };
      return { type: 'plan', input: { ...plan, proposals: [{ ...own, evidence: [wanted(id)] }] } };
    };

  it('holds what Claude read, under ids of its own, with a source that can be opened', async () => {
    claude.script(reading);
    claude.otherwise(citing((id) => id));
    const { diagnosis } = await run();
    assert.equal(diagnosis.engine, 'claude');
    const ids = diagnosis.evidence.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length, 'no id twice');
    const [proposal] = diagnosis.proposals;
    const cited = diagnosis.evidence.find(({ id }) => id === proposal?.evidence[0]);
    assert.deepEqual(cited?.source, {
      type: 'object',
      ref: { kind: 'Deployment', namespace: 'shop', name: 'checkout' },
      path: '',
    });
  });

  it('trusts a proposal less that cites what nobody read', async () => {
    for (const [wanted, capped] of [
      [(id: string) => id, false],
      [() => 'e999', true],
    ] as const) {
      claude.script(reading);
      claude.otherwise(citing(wanted));
      const { diagnosis } = await run();
      const [proposal] = diagnosis.proposals;
      assert.ok(proposal);
      const { confidence } = computeConfidence(proposal, {
        evidenceIds: new Set(diagnosis.evidence.map(({ id }) => id)),
        targetExists: true,
        supportedByFinding: true,
        grounds: 'written',
        trackRecord: { successes: 0, failures: 0 },
      });
      assert.equal(confidence <= 0.69, capped);
    }
  });

  it('lets Claude read the namespaces that the settings allow, and no others', async () => {
    const elsewhere: Reply = {
      type: 'calls',
      calls: [{ name: 'get_object', input: { kind: 'Service', name: 'postgres', namespace: 'db' } }],
    };
    for (const [namespaces, refused] of [
      [[], true],
      [['db'], false],
    ] as const) {
      claude.script(elsewhere, { type: 'plan', input: { ...plan, proposals: [] } });
      await run([...namespaces]);
      const [result] = claude.requests.at(-1)?.body.messages.at(-1).content;
      assert.equal(result.is_error === true, refused);
    }
  });

  it('is that of the built-in rules when Claude fails in the middle, and says so', async () => {
    claude.script(reading, { type: 'text', text: '', stopReason: 'refusal' });
    const { diagnosis } = await run();
    assert.equal(diagnosis.engine, 'builtin');
    assert.ok(diagnosis.proposals.length > 0);
    assert.match(
      diagnosis.notes.join('\n'),
      /built-in diagnosis was used\. claude-opus-5-5 declined to analyse/,
    );
  });
});
