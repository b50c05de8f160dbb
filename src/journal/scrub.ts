/**
 * Keeps credentials out of the journal: by a table of what each field of a record is (see treatment.ts).
 *
 * What the product says itself is never looked at: a sentence that ends in "Secret database-secret: nothing is made up"
 * is not the beginning of a value. Whatever the table does not know counts as written by others.
 */
import type { KubeObject } from '../domain/kubernetes.ts';
import type { RecordData, RecordType } from '../domain/record.ts';
import { hasFormOfToken, redactForms, redactTree } from '../domain/redaction.ts';
import { isObjectName, redactObject } from '../domain/redaction/object.ts';
import { treatments, type Kind } from './treatment.ts';

type AnyTreatment = Kind | { readonly [key: string]: AnyTreatment };

/** Scrubs the records of one journal, and knows the objects that they are about by name. */
export class Scrubber {
  private readonly names = new Set<string>();

  /** A copy of a record's data without credentials, and without members that are undefined: as it will be read again. */
  scrub<T extends RecordType>(type: T, data: RecordData[T]): RecordData[T] {
    const treatment: AnyTreatment = Object.hasOwn(treatments, type) ? treatments[type] : 'outside';
    this.learn(data);
    return this.treated(data, treatment) as RecordData[T];
  }

  private treated(value: unknown, treatment: AnyTreatment): unknown {
    if (treatment === 'exact') return value;
    if (treatment === 'own') return this.said(value);
    if (treatment === 'outside') return redactTree(value, { names: this.names });
    if (Array.isArray(value)) return value.map((item) => this.treated(item, treatment));
    if (typeof value !== 'object' || value === null) return redactTree(value, { names: this.names });
    if (treatment === 'object') return redactObject(value as KubeObject, { names: this.names });
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => [key, this.member(key, member, treatment)]),
    );
  }

  private member(key: string, member: unknown, treatment: Exclude<AnyTreatment, Kind>): unknown {
    const own = Object.hasOwn(treatment, key) ? treatment[key] : undefined;
    if (own !== undefined && own !== 'outside') return this.treated(member, own);
    // With its key, which may say what it is.
    return redactTree({ [key]: member }, { names: this.names })[key];
  }

  /** A sentence of ours, or several. Its quotes were redacted already: what is left is a second look at their form alone. */
  private said(value: unknown): unknown {
    if (typeof value === 'string') return redactForms(value, { names: this.names });
    return Array.isArray(value) ? value.map((item) => this.said(item)) : value;
  }

  /** Remembers the names of objects that have the form of a token: sentences and outputs that name them are left to say so. */
  private learn(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    const { kind, name, namespace } = value as Partial<Record<'kind' | 'name' | 'namespace', unknown>>;
    if (typeof kind === 'string')
      for (const one of [name, namespace])
        if (typeof one === 'string' && isObjectName(one) && hasFormOfToken(one)) this.names.add(one);
    for (const member of Object.values(value)) this.learn(member);
  }
}
