/** Requests that are asked rather than stored: access reviews, evictions, bindings. */
import { at, isJsonObject, type JsonObject } from './object.ts';
import type { Registry } from './registry.ts';
import { isDryRun, type ApiRequest, type Target } from './request.ts';
import { resourceOf } from './resources.ts';

/** The one user that the cluster's token stands for. */
const user = { username: 'practice', groups: ['system:masters', 'system:authenticated'] };

/**
 * @returns the body of the answer
 * @throws ApiFailure 400, 404 or 409
 */
export function answerQuestion(registry: Registry, target: Target, request: ApiRequest): unknown {
  const { resource, namespace, name, subresource } = target;
  const body = request.body;
  if (resource.kind === 'SelfSubjectAccessReview') {
    return { ...asked(body), status: { allowed: true, reason: 'the practice cluster allows everything' } };
  }
  if (resource.kind === 'SelfSubjectRulesReview') {
    const resourceRules = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];
    return { ...asked(body), status: { resourceRules, nonResourceRules: [], incomplete: false } };
  }
  if (resource.kind === 'SelfSubjectReview') return { ...asked(body), status: { userInfo: user } };
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

function asked(body: unknown): JsonObject {
  return isJsonObject(body) ? body : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
