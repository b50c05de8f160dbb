/** Reads the events of one object. */
import * as z from 'zod/mini';
import { describeRef } from '../../../domain/kubernetes.ts';
import { eventTime, newestEvents } from '../../events.ts';
import { kind, namespace, objectName } from './parameters.ts';
import { placeOf } from './scope.ts';
import type { ReadingTool } from './tool.ts';

const mostEvents = 50;
/** Where the events of objects without a namespace are kept (client-go, tools/reference). */
const eventsOfNobody = 'default';

const input = z.strictObject({ kind, name: objectName, namespace });

export const readEvents: ReadingTool<z.infer<typeof input>> = {
  name: 'read_events',
  description:
    'Reads what Kubernetes reported about one object: scheduling, pulling, probes, scaling, volumes. Newest first. Events are kept for an hour as a rule, so that none means little.',
  input,
  narrower: 'Ask for the events of one pod instead of its owner.',
  progress: (call) => `Reading the events of ${call.kind} ${call.name}`,
  async read(call, { cluster, scope, signal }) {
    const place = placeOf(scope, call.kind, call.namespace);
    const where = place.namespace ?? eventsOfNobody;
    // A comma would end this part of the selector and begin another.
    const name = call.name.replace(/[,=\\]/g, '');
    const fieldSelector = `involvedObject.kind=${place.kind},involvedObject.name=${name}`;
    const events = await newestEvents(cluster, { namespace: where, fieldSelector }, mostEvents, signal);
    return {
      source: { type: 'list', ref: { kind: 'Event', namespace: where, name: '*' }, fieldSelector },
      summary: `${events.length === 0 ? 'no' : String(events.length)} events of ${describeRef({ ...place, name })}`,
      data: events.map((event) => ({
        time: eventTime(event),
        type: event['type'],
        reason: event['reason'],
        count: event['count'] ?? event['series']?.count,
        message: event['message'],
      })),
    };
  },
};
