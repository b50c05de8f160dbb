/** Label and field selectors, as query parameters carry them. */
import { ApiFailure, badRequest } from './failure.ts';
import { at, type KubeObject } from './object.ts';

export type Matcher = (object: KubeObject) => boolean;

const requirement =
  /^(?:(?<not>!)\s*)?(?<key>[\w./-]+)\s*(?:(?<operator>==?|!=|\bin\b|\bnotin\b)\s*(?:\((?<set>[^()]*)\)|(?<value>[\w.-]*)))?$/;

/** Equality (`a=b`, `a!=b`), set (`a in (b,c)`, `a notin (b)`) and existence (`a`, `!a`) requirements, all of which must hold. */
export function labelSelector(text: string): Matcher {
  const parts = text.split(/,(?![^(]*\))/).map((part) => part.trim());
  const matchers = parts.filter((part) => part !== '').map(labelRequirement);
  return (object) => {
    const labels = object.metadata.labels ?? {};
    return matchers.every((matches) => matches(labels));
  };
}

function labelRequirement(text: string): (labels: Record<string, string>) => boolean {
  const groups = requirement.exec(text)?.groups;
  const key = groups?.['key'];
  if (groups === undefined || key === undefined) {
    throw badRequest(`unable to parse requirement: ${JSON.stringify(text)} is not a label requirement`);
  }
  const { not, operator, set, value } = groups;
  const isSet = operator === 'in' || operator === 'notin';
  if (isSet !== (set !== undefined)) throw badRequest(`unable to parse requirement: ${JSON.stringify(text)}`);
  if (operator === undefined) return (labels) => Object.hasOwn(labels, key) !== (not !== undefined);
  const values = new Set(set === undefined ? [value ?? ''] : set.split(',').map((one) => one.trim()));
  const wanted = operator === '=' || operator === '==' || operator === 'in';
  return (labels) => {
    const label = Object.hasOwn(labels, key) ? labels[key] : undefined;
    return wanted ? label !== undefined && values.has(label) : label === undefined || !values.has(label);
  };
}

const everyKind = ['metadata.name', 'metadata.namespace'];
const byStorage: Record<string, readonly string[]> = {
  '/pods': [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'status.phase',
    'status.podIP',
  ],
  '/events': [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  '/nodes': ['spec.unschedulable'],
  '/namespaces': ['status.phase'],
  '/secrets': ['type'],
  '/services': ['spec.clusterIP', 'spec.type'],
  'apps/replicasets': ['status.replicas'],
  'batch/jobs': ['status.successful'],
};

/** `field=value` and `field!=value` requirements over the fields that a storage place knows. */
export function fieldSelector(text: string, storage: string): Matcher {
  const known = new Set([...everyKind, ...(byStorage[storage] ?? [])]);
  const matchers = text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const [, field = '', operator = '', value = ''] = /^([^=!]+)(==|!=|=)(.*)$/.exec(part) ?? [];
      if (field === '') throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
      if (!known.has(field)) throw new ApiFailure(400, 'BadRequest', `field label not supported: ${field}`);
      return (object: KubeObject) => (fieldOf(object, field) === value) === (operator !== '!=');
    });
  return (object) => matchers.every((matches) => matches(object));
}

function fieldOf(object: KubeObject, field: string): string {
  const value = field === 'source' ? at(object, 'source', 'component') : at(object, ...field.split('.'));
  if (value !== undefined) return String(value);
  return field === 'spec.unschedulable' ? 'false' : '';
}
