/** Label maps survive the way through a strict tool, which knows no free keys. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import * as z from 'zod/mini';
import { pairsToRecords, recordsToPairs, type JsonSchema } from '../../../../src/diagnosis/claude/pairs.ts';

const schema = z.toJSONSchema(
  z.strictObject({ list: z.array(z.strictObject({ labels: z.record(z.string(), z.string()) })) }),
) as JsonSchema;

describe('Maps as pairs', () => {
  it('come back as the maps that they were', () => {
    const labels = fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true });
    fc.assert(
      fc.property(fc.array(labels), (maps) => {
        const pairs = maps.map((map) => ({
          labels: Object.entries(map).map(([key, value]) => ({ key, value })),
        }));
        const back = pairsToRecords(schema, { list: pairs }) as { list: { labels: object }[] };
        assert.deepEqual(
          back.list.map((one) => Object.entries(one.labels)),
          maps.map((map) => Object.entries(map)),
        );
      }),
    );
  });

  it('leave no free keys in the schema', () => {
    const text = JSON.stringify(recordsToPairs(schema));
    assert.doesNotMatch(text, /propertyNames|"additionalProperties":\{/);
  });

  it('take anything without an exception', () => {
    fc.assert(fc.property(fc.anything(), (value) => void pairsToRecords(schema, value)));
    fc.assert(
      fc.property(fc.jsonValue(), (value) => void pairsToRecords(schema, { list: [{ labels: value }] })),
    );
  });
});
