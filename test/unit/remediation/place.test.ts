import assert from 'node:assert/strict';
import type { TargetHint } from '../../../src/domain/incident.ts';
import { clustersNamed, contextFor, doubtAbout } from '../../../src/remediation/place.ts';

const hint = (cluster: string, trust: TargetHint['trust'] = 'labelled'): TargetHint => ({
  cluster,
  trust,
  source: 'label',
});
const contexts = { 'shop-eu': 'gke-eu', 'shop-eu-2': 'gke-eu', 'shop-us': 'gke-us' };

/** The context that is looked in, and the doubt about it, where `pinned` is the context of the settings. */
function place(
  hints: readonly TargetHint[],
  pinned = 'pinned',
): { context: string; doubt: string | undefined } {
  const named = clustersNamed(hints, contexts);
  const context = contextFor(named, pinned) ?? '';
  return { context, doubt: doubtAbout(named, context) };
}

describe('the context of an alert', () => {
  it('is the pinned one where the alert names no cluster', () => {
    assert.deepEqual(place([{ source: 'label', trust: 'labelled', namespace: 'shop' }]), {
      context: 'pinned',
      doubt: undefined,
    });
    assert.equal(contextFor([], undefined), undefined);
  });

  it('is the one that the settings have for the cluster', () => {
    assert.deepEqual(place([hint('shop-eu')]), { context: 'gke-eu', doubt: undefined });
    assert.deepEqual(place([hint('shop-eu'), hint('shop-eu-2')]), { context: 'gke-eu', doubt: undefined });
  });

  it('is the pinned one where the cluster is called like it', () => {
    assert.deepEqual(place([hint('pinned')]), { context: 'pinned', doubt: undefined });
  });

  it('is in doubt where no setting knows the cluster, and the doubt says which and where we looked', () => {
    const { context, doubt } = place([hint('mars')]);
    assert.equal(context, 'pinned');
    assert.match(doubt ?? '', /names cluster mars, which no setting maps .*looked in context pinned/);
  });

  it('is never one that an alert names by its own name', () => {
    assert.equal(place([hint('gke-us')]).context, 'pinned');
    assert.match(place([hint('gke-us')]).doubt ?? '', /no setting maps/);
    assert.equal(place([hint('__proto__')]).context, 'pinned');
    assert.equal(place([hint('constructor')]).context, 'pinned');
  });

  it('is in doubt where the alert names clusters of several contexts', () => {
    assert.match(place([hint('shop-eu'), hint('shop-us')]).doubt ?? '', /several contexts/);
    assert.match(place([hint('shop-eu'), hint('mars')]).doubt ?? '', /mars/);
  });

  it('is what the labels say, whatever stands in a sentence beside them', () => {
    assert.deepEqual(place([hint('shop-eu'), hint('shop-us', 'written')]), {
      context: 'gke-eu',
      doubt: undefined,
    });
  });
});
