/** Validation of pod specs, in pods and in the templates of workloads. */
import type { Cause } from './failure.ts';
import { at, isJsonObject } from './object.ts';
import { quantity } from '../quantity.ts';

/** @param path where the spec is in its object, such as `spec.template.spec` */
export function podSpecCauses(spec: unknown, path: string): Cause[] {
  const containers = at(spec, 'containers');
  if (!Array.isArray(containers) || containers.length === 0) return [required(`${path}.containers`)];
  const initContainers = at(spec, 'initContainers');
  return [
    ...containers.flatMap((one, index) => containerCauses(one, `${path}.containers[${index}]`)),
    ...(Array.isArray(initContainers) ? initContainers : []).flatMap((one, index) =>
      containerCauses(one, `${path}.initContainers[${index}]`),
    ),
  ];
}

function containerCauses(container: unknown, path: string): Cause[] {
  return [
    ...(at(container, 'name') ? [] : [required(`${path}.name`)]),
    ...(at(container, 'image') ? [] : [required(`${path}.image`)]),
    ...resourceCauses(
      at(container, 'resources', 'limits'),
      at(container, 'resources', 'requests'),
      `${path}.resources`,
    ),
    ...['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((probe) =>
      handlerCauses(at(container, probe), `${path}.${probe}`),
    ),
  ];
}

/** A probe asks in one way: `validateHandler` of the API server. */
function handlerCauses(probe: unknown, path: string): Cause[] {
  const [, ...more] = ['exec', 'httpGet', 'tcpSocket', 'grpc'].filter(
    (handler) => at(probe, handler) !== undefined && at(probe, handler) !== null,
  );
  const message = 'Forbidden: may not specify more than 1 handler type';
  return more.map((handler) => ({ reason: 'FieldValueForbidden', field: `${path}.${handler}`, message }));
}

function resourceCauses(limits: unknown, requests: unknown, path: string): Cause[] {
  const entries = (['limits', 'requests'] as const).flatMap((part) => {
    const values = part === 'limits' ? limits : requests;
    return Object.entries(isJsonObject(values) ? values : {}).map(([name, value]) => ({ part, name, value }));
  });
  return entries.flatMap(({ part, name, value }): Cause[] => {
    const amount = quantity(value);
    if (amount === undefined || amount < 0) {
      return [
        wrong(`${path}.${part}[${name}]`, value, 'must be a quantity of 0 or more, such as 500m or 128Mi'),
      ];
    }
    const limit = quantity(at(limits, name));
    if (part === 'limits' || limit === undefined || amount <= limit) return [];
    return [
      wrong(`${path}.requests`, value, `must be less than or equal to ${name} limit of ${at(limits, name)}`),
    ];
  });
}

function wrong(field: string, value: unknown, why: string): Cause {
  return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${JSON.stringify(value)}: ${why}` };
}

function required(field: string): Cause {
  return { reason: 'FieldValueRequired', field, message: 'Required value' };
}
