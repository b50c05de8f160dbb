/** The models of an account. */
import { connect, type Access } from './client.ts';
import { cancelled, failure } from './failures.ts';
import { priceOf } from './prices.ts';

/** A model as people choose it. */
export interface ModelChoice {
  /** What `oncall.claude.model` takes. */
  readonly id: string;
  readonly name: string;
  /** Tokens that it can read. */
  readonly window?: number;
  /** List price for a million tokens read and written, US dollars; absent where it is not known. */
  readonly price?: { readonly input: number; readonly output: number };
  /** It still works and is on its way out. */
  readonly deprecated: boolean;
}

/** More than any account has. */
const mostModels = 200;

/**
 * The models that the account can use for an analysis, newest first.
 * @throws OncallError (`claude-failed`, `cancelled`) that says what to do
 */
export async function listModels(access: Access, signal: AbortSignal): Promise<ModelChoice[]> {
  const { client, host } = connect(access);
  const models: ModelChoice[] = [];
  try {
    for await (const model of client.models.list({ limit: 100 }, { signal })) {
      if (model.lifecycle === 'retired' || model.capabilities?.structured_outputs.supported === false)
        continue;
      const price = priceOf(model.id);
      models.push({
        id: model.id,
        name: model.display_name,
        deprecated: model.lifecycle === 'deprecated',
        ...(model.max_input_tokens === null ? {} : { window: model.max_input_tokens }),
        ...(price === undefined ? {} : { price: { input: price.input, output: price.output } }),
      });
      if (models.length >= mostModels) break;
    }
  } catch (error) {
    if (signal.aborted) throw cancelled(error);
    throw failure(error, { model: 'any model', host, maxTokens: 0 });
  }
  return models;
}
