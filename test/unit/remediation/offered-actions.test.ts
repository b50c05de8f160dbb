import assert from 'node:assert/strict';
import { actionNames, choiceNames } from '../../../src/domain/action.ts';
import { planTool } from '../../../src/diagnosis/claude/plan-tool.ts';
import { offeredActions } from '../../../src/remediation/engine.ts';

const { tool, read } = planTool(offeredActions);
const plan = (action: string, parameters: object): unknown => ({
  ...{ summary: 's', rootCause: '', hypotheses: [] },
  proposals: [{ action, parameters, rationale: 'r', confidence: 0.8, evidence: ['e1'] }],
});

describe('what a model may propose', () => {
  it('is every action, and what the findings choose an action for', () => {
    assert.deepEqual(
      offeredActions.map(({ name }) => name).toSorted(),
      [...actionNames, ...choiceNames].toSorted(),
    );
    for (const { description } of offeredActions) assert.match(description, /^[A-Z].*\.$/);
  });

  it('is few enough for the API to hold the model to the schema', () => {
    assert.equal(tool.strict, true);
  });

  it('is checked in every parameter, whether it says how or leaves that to the findings', () => {
    for (const [action, parameters, ok] of [
      ['fix_pod_issues', { namespace: 'shop', kind: 'Deployment', name: 'checkout' }, true],
      ['deploy_missing_pods', { namespace: 'shop', kind: 'Service', name: 'checkout' }, true],
      ['fix_pod_issues', { namespace: 'shop', kind: 'Node', name: 'checkout' }, false],
      ['fix_pod_issues', { namespace: 'shop', kind: 'Deployment', name: '--all' }, false],
      ['deploy_missing_pods', { namespace: 'shop', kind: 'Service', name: 'checkout', replicas: 9 }, false],
      ['verify_service_config', { namespace: 'shop', service: 'checkout' }, true],
      ['verify_service_config', { namespace: 'shop', service: 'a,b' }, false],
    ] as const) {
      assert.equal(read(plan(action, parameters)).ok, ok, JSON.stringify(parameters));
    }
  });
});
