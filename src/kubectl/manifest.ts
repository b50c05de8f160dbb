/**
 * Reads the text of a manifest. What kubectl could read in another way than this reader does is refused: kubectl takes
 * YAML 1.1, splits documents by lines before it parses them, and lets the last of repeated fields win.
 */
import { isAlias, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';
import type { Document } from 'yaml';

/** What the risk of a manifest depends on. */
export interface ManifestObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Undefined where the document names none. */
  readonly namespace?: string;
}

export type ManifestReading =
  | { readonly ok: true; readonly objects: readonly ManifestObject[] }
  | {
      readonly ok: false;
      /** One sentence. */
      readonly reason: string;
    };

/** What one approval can cover, in characters. */
const maximumLength = 65_536;
/** More than this nobody can check by eye. */
const maximumObjects = 200;
/** Deeper than any Kubernetes object. */
const maximumDepth = 100;

const apiVersionSyntax = /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?\/)?v\d+((alpha|beta)\d+)?$/;
const kindSyntax = /^[A-Z][A-Za-z0-9]*$/;
const nameSyntax = /^[A-Za-z0-9][A-Za-z0-9._:@+-]*$/;
const namespaceSyntax = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** A complaint about the text; never leaves this module. */
class Unreadable extends Error {}

/** Reads every object of a manifest: YAML or JSON, several documents, lists. Total: it never throws. */
export function readManifest(text: string): ManifestReading {
  if (typeof text !== 'string') return { ok: false, reason: 'The manifest is no text.' };
  try {
    const objects: ManifestObject[] = [];
    for (const value of readDocuments(text)) collect(value, objects);
    if (objects.length === 0) throw new Unreadable('The manifest holds no object.');
    return { ok: true, objects };
  } catch (error) {
    // Deep nesting exhausts the parser's stack: a RangeError, and as unreadable as the rest.
    const reason = error instanceof Unreadable ? error.message : 'The manifest cannot be read.';
    return { ok: false, reason };
  }
}

function readDocuments(text: string): unknown[] {
  if (text.length > maximumLength) throw new Unreadable('The manifest is too long to be checked.');
  // kubectl splits at every line that starts so, and drops the rest of the line.
  if (/^---[^\s]|^---[ \t]+[^\s#]|^%|^\.\.\./m.test(text)) {
    throw new Unreadable('The manifest separates its documents by something other than a plain --- line.');
  }
  // YAML takes these for the end of a line, or for nothing; other readers do not.
  if (/\r(?!\n)|[\0\u0085\u2028\u2029\ufeff]/.test(text)) {
    throw new Unreadable('The manifest holds a character that cannot be seen.');
  }
  if (/(?:[-?:][ \t]+){30}/.test(text) || bracketDepth(text) > maximumDepth) {
    throw new Unreadable('The manifest is nested too deeply to be judged.');
  }
  if (/^\s*\{/.test(text)) requireJson(text);
  const documents = parseAllDocuments(text, {
    version: '1.1',
    merge: false,
    // Found below, in one pass: the parser compares each key with each other.
    uniqueKeys: false,
    strict: true,
    prettyErrors: false,
    logLevel: 'silent',
  });
  if (!Array.isArray(documents)) return [];
  return documents.map(readDocument);
}

/** Counts brackets in quotes too; what matters is that the parser never meets more of them. */
function bracketDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth);
    else if ((code === 0x5d || code === 0x7d) && depth > 0) depth--;
  }
  return deepest;
}

function requireJson(text: string): void {
  try {
    JSON.parse(text);
  } catch {
    throw new Unreadable('The manifest starts like JSON and is none.');
  }
}

function readDocument(document: Document.Parsed): unknown {
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw new Unreadable('The manifest is neither YAML nor JSON that can be read.');
  requirePlain(document.contents, 0);
  return document.toJS({ maxAliasCount: 0 });
}

/** Anchors, merges and tags make a field mean what stands elsewhere. */
function requirePlain(node: unknown, depth: number): void {
  if (depth > maximumDepth) throw new Unreadable('The manifest is nested too deeply to be judged.');
  if (isAlias(node)) throw new Unreadable('The manifest uses anchors, which hide what it says.');
  if (!isScalar(node) && !isMap(node) && !isSeq(node)) return;
  if (node.anchor !== undefined) throw new Unreadable('The manifest uses anchors, which hide what it says.');
  if (node.tag !== undefined) {
    throw new Unreadable('The manifest uses tags, which hide what it says.');
  }
  if (isMap(node)) {
    const names = new Set<string>();
    for (const { key, value } of node.items) {
      if (!isScalar(key)) throw new Unreadable('The manifest has a field whose name is no plain text.');
      if (typeof key.value === 'symbol' || key.value === '<<' || key.source === '<<')
        throw new Unreadable('The manifest merges fields, which hides what it says.');
      const name = String(key.value);
      if (names.has(name)) throw new Unreadable('The manifest names a field twice, so it cannot be judged.');
      names.add(name);
      requirePlain(key, depth + 1);
      requirePlain(value, depth + 1);
    }
  } else if (isSeq(node)) {
    for (const item of node.items) requirePlain(item, depth + 1);
  }
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function collect(value: unknown, objects: ManifestObject[]): void {
  // A document of nothing but comments.
  if (value === null || value === undefined) return;
  if (!isFields(value)) throw new Unreadable('The manifest holds something that is no object.');
  requireExactNames(value, ['apiVersion', 'kind', 'metadata', 'items']);
  const { apiVersion, kind, metadata, items } = value;
  if (typeof apiVersion !== 'string' || !apiVersionSyntax.test(apiVersion)) {
    throw new Unreadable('The manifest holds an object without an apiVersion.');
  }
  if (typeof kind !== 'string' || !kindSyntax.test(kind)) {
    throw new Unreadable('The manifest holds an object without a kind.');
  }
  if (items !== undefined || kind.endsWith('List')) {
    if (!kind.endsWith('List') || !Array.isArray(items)) {
      throw new Unreadable(`The manifest holds a ${kind} that is half a list.`);
    }
    for (const item of items) {
      if (isFields(item) && item.items !== undefined)
        throw new Unreadable('The manifest has a list in a list.');
      collect(item, objects);
    }
    return;
  }
  if (!isFields(metadata)) throw new Unreadable(`The manifest holds a ${kind} without a name.`);
  requireExactNames(metadata, ['name', 'namespace']);
  const { name, namespace } = metadata;
  if (typeof name !== 'string' || !nameSyntax.test(name)) {
    throw new Unreadable(`The manifest holds a ${kind} without a name.`);
  }
  if (objects.length >= maximumObjects) {
    throw new Unreadable(`The manifest holds more than ${maximumObjects} objects, which nobody can check.`);
  }
  if (namespace === undefined || namespace === null) {
    objects.push({ apiVersion, kind, name });
  } else if (typeof namespace === 'string' && namespaceSyntax.test(namespace)) {
    objects.push({ apiVersion, kind, name, namespace });
  } else {
    throw new Unreadable(`The manifest puts ${kind} ${name} into what can be no namespace.`);
  }
}

/** Readers of JSON differ in whether `Kind` is `kind`. */
function requireExactNames(fields: Fields, names: readonly string[]): void {
  for (const key of Object.keys(fields)) {
    const exact = names.find((name) => name.toLowerCase() === key.toLowerCase());
    if (exact !== undefined && exact !== key) {
      throw new Unreadable(`The manifest writes ${exact} as "${key}", which readers take differently.`);
    }
  }
}
