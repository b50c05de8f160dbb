/**
 * The bodies that kubectl sends as Kubernetes protobuf: access reviews, evictions and what `kubectl create` makes. It does
 * not go over to JSON where this is refused.
 * Wire format: https://protobuf.dev/programming-guides/encoding, message fields: k8s.io/api generated.proto files.
 */
import { ApiFailure, badRequest } from './failure.ts';
import type { JsonObject } from './object.ts';
import { created, type FieldType, type Fields } from './protobuf-fields.ts';

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
  const fields = created[object.kind];
  if (fields !== undefined) return { ...object, ...objectOf(child(unknown, 2), fields, object.kind) };
  throw notRead(object.kind);
}

function notRead(what: string): ApiFailure {
  const message = `the practice cluster does not read ${what} in protobuf: write it as a manifest and use "kubectl apply -f"`;
  return new ApiFailure(415, 'UnsupportedMediaType', message);
}

/** @throws ApiFailure 415 where a field is set that is not listed: nothing is dropped in silence */
function objectOf(message: Message, fields: Fields, kind: string): JsonObject {
  const object: JsonObject = {};
  for (const [number, values] of message) {
    const field = fields[number];
    if (field === undefined) {
      // What kubectl does not set is written all the same, empty: a status, or a time.
      if (values.every(isEmpty)) continue;
      throw notRead(`field ${String(number)} of this ${kind}`);
    }
    const [name, type] = field;
    const value = valueOf(values, type, kind);
    if (value === undefined) continue;
    if (typeof type === 'object' && 'inline' in type) Object.assign(object, value);
    else object[name] = value;
  }
  return object;
}

function isEmpty(value: bigint | Buffer): boolean {
  if (typeof value === 'bigint') return value === 0n;
  if (value.length === 0) return true;
  try {
    const fields = messageOf(value);
    // A text may look like a message, but hardly like one of empty fields alone.
    return fields.size > 0 && [...fields.values()].every((values) => values.every(isEmpty));
  } catch {
    return false;
  }
}

function valueOf(values: readonly (bigint | Buffer)[], type: FieldType, kind: string): unknown {
  const last = values.at(-1) ?? Buffer.alloc(0);
  if (typeof type === 'object') {
    if ('list' in type) {
      const { list } = type;
      return values.map((one) => (list === 'text' ? String(one) : objectOf(messageIn(one), list, kind)));
    }
    if ('map' in type) {
      return Object.fromEntries(
        values
          .map(messageIn)
          .map((entry) => [text(entry, 1), valueOf(entry.get(2) ?? [], type.map, kind) ?? '']),
      );
    }
    return objectOf(messageIn(last), 'inline' in type ? type.inline : type.message, kind);
  }
  switch (type) {
    case 'text':
      return String(last) || undefined;
    case 'number':
      return Number(last) || undefined;
    case 'number?':
      return Number(last);
    case 'flag':
      return last === 1n || undefined;
    case 'flag?':
      return last === 1n;
    case 'bytes':
      return last instanceof Buffer ? last.toString('base64') : '';
    case 'quantity':
      return text(messageIn(last), 1);
    case 'int or string': {
      const message = messageIn(last);
      return message.get(1)?.[0] === 1n ? text(message, 3) : Number(message.get(2)?.[0] ?? 0);
    }
  }
}

function messageIn(value: bigint | Buffer): Message {
  if (value instanceof Buffer) return messageOf(value);
  throw badRequest('the body of the request is no protobuf');
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
