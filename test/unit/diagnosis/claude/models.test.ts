/** The models to choose from are those of the account. */
import assert from 'node:assert/strict';
import { listModels } from '../../../../src/diagnosis/claude/claude.ts';
import { isOncallError } from '../../../../src/domain/error.ts';
import { fails } from '../../../support/claude/analyse.ts';
import { startClaude, type ClaudeStandIn } from '../../../support/claude/server.ts';

describe('The list of models', () => {
  let claude: ClaudeStandIn;
  beforeEach(async () => {
    claude = await startClaude();
  });
  afterEach(() => claude.close());

  const list = (
    apiKey = claude.apiKey,
    signal = new AbortController().signal,
  ): ReturnType<typeof listModels> => listModels({ apiKey, baseURL: claude.baseURL }, signal);

  it('has those that can make a plan, with window and price, and says which are on their way out', async () => {
    claude.models = [
      { id: 'claude-opus-5-5', display_name: 'Claude Opus 5.5', max_input_tokens: 1_000_000 },
      { id: 'claude-other-1', lifecycle: 'deprecated', max_input_tokens: null },
      { id: 'claude-old-1', lifecycle: 'retired' },
      { id: 'claude-plain-1', structuredOutputs: false },
    ];
    assert.deepEqual(await list(), [
      {
        id: 'claude-opus-5-5',
        name: 'Claude Opus 5.5',
        deprecated: false,
        window: 1_000_000,
        price: { input: 4, output: 20 },
      },
      { id: 'claude-other-1', name: 'claude-other-1', deprecated: true },
    ]);
  });

  it('says what to do when it cannot be had', async () => {
    await fails(list('wrong'), /does not accept the Anthropic API key/);
    await fails(list(''), /key is empty/);
    const { baseURL } = claude;
    await claude.close();
    await fails(listModels({ apiKey: 'k', baseURL }, AbortSignal.timeout(50_000)), /cannot be reached/);
  });

  it('can be cancelled', async () => {
    const error = await list(claude.apiKey, AbortSignal.abort()).catch((reason: unknown) => reason);
    assert.ok(isOncallError(error) && error.code === 'cancelled', String(error));
  });
});
