import assert from 'node:assert/strict';
import { declared, type FindingRule } from '../../../../src/diagnosis/findings/rule.ts';

describe('the rule of a finding', () => {
  const byNodes: FindingRule<'nodes'> = ({ surroundings }) =>
    surroundings.nodes.map(({ metadata: { name } }) => ({
      name: 'NodeNotReady',
      target: { kind: 'Node', name },
      summary: '',
      evidence: [],
    }));
  const byPods: FindingRule = ({ pods }) => (pods.length === 0 ? [] : []);

  it('says what it looks at: what it does not name it cannot ask for, so that it is never taken for gone unread', () => {
    // @ts-expect-error it looks at the nodes, and says nothing
    declared(byNodes);
    // @ts-expect-error it looks at the nodes, and says something else
    declared(byNodes, 'claims');
    // @ts-expect-error of what was not read nothing is there to be asked for
    const unread: FindingRule = ({ surroundings }) => surroundings.nodes.map(() => assert.fail());
    assert.ok(unread);
    assert.deepEqual(declared(byNodes, 'nodes').needs, ['nodes']);
    assert.deepEqual(declared(byPods).needs, []);
  });
});
