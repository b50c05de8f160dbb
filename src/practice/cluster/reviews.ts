/** Questions about access, asked for oneself or for somebody else: `kubectl auth can-i` and `whoami`. */
import { accessOf, rulesFor } from './access.ts';
import type { Attributes, User } from './access.ts';
import { badRequest } from './failure.ts';
import { at, isJsonObject, type JsonObject } from './object.ts';
import type { ApiRequest, Target } from './request.ts';
import type { Store } from './store.ts';

type Answer = (store: Store, request: ApiRequest, spec: unknown, namespace: string | undefined) => JsonObject;

const answers: Readonly<Record<string, Answer>> = {
  SelfSubjectAccessReview: (store, { user }, spec) => verdict(store, user, spec),
  SubjectAccessReview: (store, _request, spec) => verdict(store, userIn(spec), spec),
  LocalSubjectAccessReview: (store, _request, spec, namespace) => {
    if (at(spec, 'resourceAttributes', 'namespace') !== namespace) {
      throw badRequest(`spec.resourceAttributes.namespace: must match metadata.namespace`);
    }
    return verdict(store, userIn(spec), spec);
  },
  SelfSubjectRulesReview: (store, { user }, spec) => {
    const rules = rulesFor(store, user, text(at(spec, 'namespace')));
    return {
      resourceRules: rules.filter(({ nonResourceURLs }) => nonResourceURLs === undefined),
      nonResourceRules: rules.filter(({ nonResourceURLs }) => nonResourceURLs !== undefined),
      incomplete: false,
    };
  },
  SelfSubjectReview: (_store, { user }) => ({ userInfo: user }),
};

/** Whether a kind asks about access. */
export function isReview(kind: string): boolean {
  return Object.hasOwn(answers, kind);
}

/**
 * @returns the review with its answer
 * @throws ApiFailure 400
 */
export function answerReview(store: Store, { resource, namespace }: Target, request: ApiRequest): JsonObject {
  const asked = isJsonObject(request.body) ? request.body : {};
  const status = answers[resource.kind]?.(store, request, asked['spec'], namespace);
  return { ...asked, status };
}

function verdict(store: Store, user: User, spec: unknown): JsonObject {
  const { allowed, reason } = accessOf(store, user, attributesIn(spec));
  return { allowed, ...(reason !== '' && { reason }) };
}

function userIn(spec: unknown): User {
  const groups = at(spec, 'groups');
  const names = Array.isArray(groups) ? groups.map(String) : [];
  return { username: text(at(spec, 'user')) ?? '', groups: names };
}

function attributesIn(spec: unknown): Attributes {
  const path = at(spec, 'nonResourceAttributes');
  if (isJsonObject(path)) return { verb: text(path['verb']) ?? '', path: text(path['path']) ?? '' };
  const asked = at(spec, 'resourceAttributes');
  if (!isJsonObject(asked)) {
    throw badRequest('exactly one of nonResourceAttributes or resourceAttributes must be specified');
  }
  const { verb, group, resource, subresource, name, namespace } = asked;
  return {
    verb: text(verb) ?? '',
    group: text(group) ?? '',
    resource: text(resource) ?? '',
    subresource: text(subresource),
    name: text(name),
    namespace: text(namespace),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
