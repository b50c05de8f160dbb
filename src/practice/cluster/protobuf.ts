/**
 * The few bodies that kubectl sends as Kubernetes protobuf and this server must read: access reviews and evictions.
 * Wire format: https://protobuf.dev/programming-guides/encoding, message fields: k8s.io/api generated.proto files.
 */
import { ApiFailure, badRequest } from './failure.ts';
import type { JsonObject } from './object.ts';

export const protobufType = 'application/vnd.kubernetes.protobuf';

/** Every Kubernetes protobuf body starts with this, then holds one runtime.Unknown message. */
const magic = Buffer.from('k8s\0');

/** A message's fields by number; those with fixed-size values are left out. */
type Message = ReadonlyMap<number, readonly (bigint | Buffer)[]>;

/**
 * @throws ApiFailure 400 (malformed) or 415 (a kind that is not read in this notation)
 */
export function fromProtobuf(body: Buffer): JsonObject {
  if (!body.subarray(0, magic.length).equals(magic))
    throw badRequest('the body of the request is no Kubernetes protobuf');
  const unknown = messageOf(body.subarray(magic.length));
  const type = child(unknown, 1);
  const object = { apiVersion: text(type, 1), kind: text(type, 2), metadata: {} };
  if (/^(Self|Local|)SubjectAccessReview$/.test(object.kind)) {
    return { ...object, spec: accessReviewSpec(child(child(unknown, 2), 2), object.kind) };
  }
  if (object.kind === 'SelfSubjectRulesReview') {
    return { ...object, spec: { namespace: text(child(child(unknown, 2), 2), 1) } };
  }
  if (object.kind === 'SelfSubjectReview') return object;
  if (object.kind === 'Eviction') return { ...object, ...eviction(child(unknown, 2)) };
  const message = `the practice cluster reads JSON only, and this ${object.kind} came as protobuf: write it as a manifest and use "kubectl apply -f"`;
  throw new ApiFailure(415, 'UnsupportedMediaType', message);
}

/** The review of oneself holds the first two fields alone. */
function accessReviewSpec(spec: Message, kind: string): JsonObject {
  const about = child(spec, 1);
  const path = child(spec, 2);
  const [namespace, verb, group, version, resource, subresource, name] = [1, 2, 3, 4, 5, 6, 7].map((field) =>
    text(about, field),
  );
  return {
    ...(spec.has(1) && {
      resourceAttributes: { namespace, verb, group, version, resource, subresource, name },
    }),
    ...(spec.has(2) && { nonResourceAttributes: { path: text(path, 1), verb: text(path, 2) } }),
    ...(kind !== 'SelfSubjectAccessReview' && {
      user: text(spec, 3),
      groups: (spec.get(4) ?? []).map(String),
    }),
  };
}

function eviction(message: Message): JsonObject {
  const options = child(message, 2);
  const [seconds] = options.get(1) ?? [];
  return {
    metadata: { name: text(child(message, 1), 1), namespace: text(child(message, 1), 3) },
    deleteOptions: {
      ...(typeof seconds === 'bigint' ? { gracePeriodSeconds: Number(seconds) } : {}),
      dryRun: (options.get(5) ?? []).map(String),
    },
  };
}

function child(message: Message, field: number): Message {
  const [value] = message.get(field) ?? [];
  return value instanceof Buffer ? messageOf(value) : new Map();
}

function text(message: Message, field: number): string {
  return String(message.get(field)?.[0] ?? '');
}

function messageOf(bytes: Buffer): Message {
  const fields = new Map<number, (bigint | Buffer)[]>();
  let position = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[position];
      if (byte === undefined) break;
      position += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw badRequest('the body of the request is torn protobuf');
  };
  while (position < bytes.length) {
    const tag = Number(varint());
    const [field, wireType] = [tag >> 3, tag & 7];
    if (wireType === 0) fields.set(field, [...(fields.get(field) ?? []), varint()]);
    else if (wireType === 2) {
      const length = Number(varint());
      if (position + length > bytes.length) throw badRequest('the body of the request is torn protobuf');
      fields.set(field, [...(fields.get(field) ?? []), bytes.subarray(position, position + length)]);
      position += length;
    } else if (wireType === 1 || wireType === 5) position += wireType === 1 ? 8 : 4;
    else throw badRequest('the body of the request is no protobuf');
  }
  return fields;
}
