/** Requests that are done rather than stored: evictions and bindings. */
import { at } from './object.ts';
import type { Registry } from './registry.ts';
import { isDryRun, type ApiRequest, type Target } from './request.ts';
import { resourceOf } from './resources.ts';

/**
 * @returns the body of the answer
 * @throws ApiFailure 400, 404 or 409
 */
export function answerQuestion(registry: Registry, target: Target, request: ApiRequest): unknown {
  const { namespace, name, subresource } = target;
  const body = request.body;
  const pods = resourceOf('', 'pods');
  const podName = name ?? text(at(body, 'metadata', 'name'));
  if (subresource === 'eviction') {
    const gracePeriodSeconds = at(body, 'deleteOptions', 'gracePeriodSeconds');
    registry.delete(pods, namespace, podName, {
      dryRun: isDryRun(request.query, at(body, 'deleteOptions', 'dryRun')),
      ...(typeof gracePeriodSeconds === 'number' ? { gracePeriodSeconds } : {}),
    });
  } else {
    registry.bind(namespace, podName, text(at(body, 'target', 'name')), isDryRun(request.query));
  }
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
