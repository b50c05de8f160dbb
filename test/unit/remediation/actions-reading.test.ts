import assert from 'node:assert/strict';
import { parseActionCall, type ActionCall } from '../../../src/domain/action.ts';
import { assessCommand } from '../../../src/kubectl/assess.ts';
import {
  catalogue,
  commandOf,
  readsOf,
  undoOf,
  verificationOf,
} from '../../../src/remediation/actions/catalogue.ts';
import { callsReading } from './calls-reading.ts';
import { deployment } from './objects.ts';

const [configuration] = callsReading.map(([call]) => call);
const withParameters = (change: object): unknown => ({
  action: configuration?.action,
  parameters: { ...configuration?.parameters, ...change },
});

describe('actions that only read', () => {
  for (const [call] of callsReading) {
    it(`${call.action} is of low risk, shows no credential and leaves nothing to take back or to wait for`, () => {
      const risk = assessCommand(commandOf(call), { defaultNamespace: 'default', rules: [] });
      assert.equal(risk.rejected, false, risk.reason);
      assert.deepEqual(
        [risk.riskLevel, risk.mutates, risk.sensitive, risk.forbidden, risk.affectsAll],
        ['low', false, false, false, false],
      );
      assert(risk.targets.every(({ namespace }) => namespace === 'shop'));
      assert.equal(undoOf(call, [deployment(2)]), undefined);
      assert.deepEqual(verificationOf(call), { type: 'none' });
    });

    it(`${call.action} says what its output is evidence of, and makes no finding go away`, () => {
      const reads = readsOf(call);
      assert(reads);
      assert.match(reads.summary, /shop|payments/);
      assert('ref' in reads.source && reads.source.ref.namespace === 'shop');
      assert.deepEqual(catalogue[call.action].answers, []);
    });
  }

  it('are the only ones whose output is evidence', () => {
    const scale: ActionCall = {
      action: 'scale_deployment',
      parameters: { namespace: 'shop', deployment: 'checkout', replicas: 2 },
    };
    assert.equal(readsOf(scale), undefined);
    assert.deepEqual(
      Object.values(catalogue).flatMap(({ name, reads }) => (reads === undefined ? [] : [name])),
      callsReading.map(([call]) => call.action),
    );
  });

  it('take names of objects and nothing that could be a flag, a list or a value', () => {
    for (const change of [
      { configMaps: [], secrets: [] },
      { secrets: ['-o=yaml'] },
      { secrets: ['--output', 'yaml'] },
      { secrets: ['a,b'] },
      { secrets: ['db/x'] },
      { configMaps: ['*'] },
      { configMaps: Array.from({ length: 21 }, (_, index) => `c${index}`) },
      { output: 'yaml' },
    ]) {
      assert.throws(() => parseActionCall(withParameters(change)), JSON.stringify(change));
    }
    assert.deepEqual(parseActionCall(withParameters({ configMaps: [] })), withParameters({ configMaps: [] }));
    const service = { namespace: 'shop', service: '--all' };
    assert.throws(() => parseActionCall({ action: 'verify_service_config', parameters: service }));
  });
});
