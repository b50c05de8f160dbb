/** Which incidents a person is told of without having asked. */
import assert from 'node:assert/strict';
import type { Incident } from '../../../src/domain/incident.ts';
import { IncidentNews } from '../../../src/editor/incidentNews.ts';
import type { IncidentsState } from '../../../src/editor/session.ts';

const incident = (id: string, more: Partial<Incident> = {}): Incident => ({
  id,
  title: id,
  status: 'triggered',
  urgency: 'high',
  createdAt: '2026-11-22T03:00:00Z',
  updatedAt: '2026-11-22T03:00:00Z',
  assignees: [],
  acknowledgedBy: [],
  ...more,
});
const listed = (...incidents: Incident[]): IncidentsState => ({
  kind: 'ok',
  incidents,
  at: 0,
});
const loading: IncidentsState = { kind: 'loading', incidents: [], at: 0 };
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => incident(id)) as [
  Incident,
  Incident,
  Incident,
  Incident,
];

describe('News of incidents', () => {
  /** What is told, by id. */
  const told = (news: IncidentNews, state: IncidentsState, seconds: number, inSight = false) =>
    news.look(state, seconds * 1000, inSight).map(({ id }) => id);

  it('are those that came in since the first list', () => {
    const news = new IncidentNews();
    assert.deepEqual(told(news, listed(a), 0), []);
    assert.deepEqual(told(news, listed(a, b), 5), ['b']);
    assert.deepEqual(told(news, listed(a, b), 200), []);
  });

  it('are of high urgency, and nobody has taken them yet', () => {
    const news = new IncidentNews();
    told(news, listed(), 0);
    const rest = [incident('low', { urgency: 'low' }), incident('taken', { status: 'acknowledged' })];
    assert.deepEqual(told(news, listed(...rest), 5), []);
  });

  it('come once for a burst, and what follows within a minute comes together after it', () => {
    const news = new IncidentNews();
    told(news, listed(), 0);
    assert.deepEqual(told(news, listed(a, b), 5), ['a', 'b']);
    assert.deepEqual(told(news, listed(a, b, c), 10), []);
    assert.deepEqual(told(news, listed(a, b, c, d), 15), []);
    assert.deepEqual(told(news, listed(a, b, c, d), 66), ['c', 'd']);
  });

  it('leave out what is over before it is told', () => {
    const news = new IncidentNews();
    told(news, listed(), 0);
    told(news, listed(a), 5);
    assert.deepEqual(told(news, listed(a, b), 10), []);
    assert.deepEqual(told(news, listed(a, { ...b, status: 'acknowledged' }), 70), []);
  });

  it('are none while the list is being looked at', () => {
    const news = new IncidentNews();
    told(news, listed(), 0);
    assert.deepEqual(told(news, listed(a), 5, true), []);
    assert.deepEqual(told(news, listed(a, b), 10), ['b']);
  });

  it('survive a failed poll, and begin anew with another account', () => {
    const news = new IncidentNews();
    told(news, listed(a), 0);
    const failed: IncidentsState = {
      kind: 'error',
      error: new Error('500'),
      incidents: [a],
      at: 0,
    };
    assert.deepEqual(told(news, failed, 5), []);
    assert.deepEqual(told(news, listed(a, b), 10), ['b']);
    told(news, loading, 100);
    assert.deepEqual(told(news, listed(c, d), 105), []);
  });
});
