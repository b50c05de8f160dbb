/** The little that has to be read of a request's body: whom it is about, and whether it is a rehearsal. */

export interface BodyReading {
  readonly name?: string;
  readonly dryRun: boolean;
}

interface JsonBody {
  dryRun?: string[];
  deleteOptions?: { dryRun?: string[] };
  metadata?: { name?: string };
}

/** How the API server marks Protocol Buffers: https://kubernetes.io/docs/reference/using-api/api-concepts/ */
const magic = Buffer.from('k8s\0');
const lengthDelimited = 2;

/** The length-delimited fields of a Protocol Buffers message, by number. */
function fieldsOf(message: Buffer): Map<number, Buffer[]> {
  const fields = new Map<number, Buffer[]>();
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const kind = key & 7;
    if (kind === lengthDelimited) {
      const length = varint();
      const number = Math.floor(key / 8);
      fields.set(number, [...(fields.get(number) ?? []), message.subarray(at, at + length)]);
      at += length;
    } else if (kind === 0) varint();
    else at += kind === 1 ? 8 : 4;
  }
  return fields;
}

/** `Unknown { typeMeta = 1 { apiVersion = 1, kind = 2 }, raw = 2 }` around the object, whose metadata is 1. */
function readProtobuf(body: Buffer): BodyReading {
  const unknown = fieldsOf(body.subarray(magic.length));
  const typeMeta = fieldsOf(unknown.get(1)?.[0] ?? Buffer.alloc(0));
  const kind = typeMeta.get(2)?.[0]?.toString();
  const object = fieldsOf(unknown.get(2)?.[0] ?? Buffer.alloc(0));
  const isAll = (options: Map<number, Buffer[]>) =>
    options.get(5)?.some((value) => value.toString() === 'All') === true;
  if (kind === 'DeleteOptions') return { dryRun: isAll(object) };
  const name = fieldsOf(object.get(1)?.[0] ?? Buffer.alloc(0))
    .get(1)?.[0]
    ?.toString();
  const options = kind === 'Eviction' ? object.get(2)?.[0] : undefined;
  return {
    dryRun: options !== undefined && isAll(fieldsOf(options)),
    ...(name === undefined || name === '' ? {} : { name }),
  };
}

/** Reads a body in JSON or in Protocol Buffers; anything else says nothing. */
export function readBody(body: Buffer): BodyReading {
  if (body.subarray(0, magic.length).equals(magic)) return readProtobuf(body);
  try {
    const { dryRun, deleteOptions, metadata } = JSON.parse(body.toString()) as JsonBody;
    const rehearses = dryRun?.includes('All') === true || deleteOptions?.dryRun?.includes('All') === true;
    return { dryRun: rehearses, ...(metadata?.name === undefined ? {} : { name: metadata.name }) };
  } catch {
    return { dryRun: false };
  }
}
