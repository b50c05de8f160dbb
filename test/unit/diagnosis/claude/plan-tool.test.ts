/** The plan's tool is made of the catalogue alone, whatever is in it, and within what the API takes. */
import assert from 'node:assert/strict';
import { actionNames } from '../../../../src/domain/action.ts';
import { planTool } from '../../../../src/diagnosis/claude/plan-tool.ts';
import { complexityOf, strictLimits, strictSchema } from '../../../../src/diagnosis/claude/strict-schema.ts';
import type { JsonSchema } from '../../../../src/diagnosis/claude/pairs.ts';
import { readingTools } from '../../../../src/diagnosis/claude/tools/toolbox.ts';
import { descriptions } from '../../../../src/remediation/actions/catalogue.ts';
import { problemOf } from '../../../support/claude/protocol.ts';

const mark = { type: 'ephemeral' };
const { tool, read } = planTool(actionNames.map((name) => ({ name, description: descriptions[name] })));

/** A request that holds nothing but tools. */
const requestWith = (...tools: object[]): object => ({
  model: 'm',
  max_tokens: 1,
  stream: true,
  thinking: { type: 'adaptive' },
  system: [{ type: 'text', text: 'rules', cache_control: mark }],
  tools: tools.map((one, index) => (index === tools.length - 1 ? { ...one, cache_control: mark } : one)),
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hello', cache_control: mark }] }],
});

interface Variant {
  readonly description: string;
  readonly properties: { readonly action: { readonly const: string }; readonly parameters: JsonSchema };
}
const variants = (
  tool.input_schema as unknown as { properties: { proposals: { items: { anyOf: Variant[] } } } }
).properties.proposals.items.anyOf;

describe('The plan', () => {
  it('offers every action of the catalogue with its own parameters', () => {
    assert.deepEqual(
      variants.map(({ properties }) => properties.action.const),
      actionNames,
    );
    for (const { description, properties } of variants) {
      assert.ok(description.length > 10, properties.action.const);
      assert.ok(Object.keys(properties.parameters.properties ?? {}).length > 0, properties.action.const);
    }
  });

  it('is strict, and within the limits of strict tools', () => {
    assert.equal(tool.strict, true);
    assert.equal(problemOf(requestWith(...readingTools, tool)), undefined);
    const { optional, unions } = complexityOf(tool.input_schema as unknown as JsonSchema);
    assert.ok(optional <= strictLimits.optional && unions <= strictLimits.unions, `${optional}, ${unions}`);
  });

  it('stays small: it is paid for with every incident', () => {
    assert.ok(JSON.stringify(tool).length < 1000 * actionNames.length, String(JSON.stringify(tool).length));
  });

  it('is checked beyond what strictness can say', () => {
    const proposal = {
      action: 'scale_deployment',
      parameters: { namespace: 'shop', deployment: 'web', replicas: 2 },
      ...{ rationale: 'r', confidence: 0.5, evidence: [] },
    };
    const plan = (parameters: object): object => ({
      ...{ summary: 's', rootCause: '', hypotheses: [] },
      proposals: [{ ...proposal, parameters: { ...proposal.parameters, ...parameters } }],
    });
    assert.equal(read(plan({})).ok, true);
    for (const wrong of [
      { replicas: -1 },
      { replicas: 1e6 },
      { namespace: '-n kube-system' },
      { deployment: 'a b' },
    ]) {
      assert.equal(read(plan(wrong)).ok, false, JSON.stringify(wrong));
    }
  });
});

describe('A strict schema', () => {
  it('keeps types and choices, says bounds in words and leaves out what the API does not know', () => {
    assert.deepEqual(
      strictSchema({
        type: 'object',
        properties: {
          port: {
            anyOf: [
              { type: 'integer', minimum: 1, maximum: 65_535 },
              { type: 'string', pattern: '^a$', allOf: [{}] },
            ],
          },
          mode: { type: 'string', enum: ['a', 'b'], description: 'How' },
          list: {
            type: 'array',
            items: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
            maxItems: 3,
          },
        },
        required: ['port'],
      }),
      {
        type: 'object',
        properties: {
          port: { anyOf: [{ type: 'integer', description: '(1 to 65535)' }, { type: 'string' }] },
          mode: { enum: ['a', 'b'], description: 'How' },
          list: { type: 'array', items: { type: 'integer', description: '(at least 1)' } },
        },
        required: ['port'],
        additionalProperties: false,
      },
    );
  });

  it('is not made of what it cannot say', () => {
    assert.throws(() => strictSchema({ not: {} }), /cannot say/);
  });
});
