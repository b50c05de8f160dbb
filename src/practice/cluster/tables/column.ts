/** One column of `kubectl get`. */
import type { KubeObject } from '../object.ts';
import { ageOf } from './age.ts';

export interface Column {
  readonly name: string;
  /** 0 is always shown, 1 only with `-o wide`. */
  readonly priority: 0 | 1;
  readonly type: 'string' | 'integer' | 'date';
  readonly cell: (object: KubeObject, now: Date) => string | number;
}

/** A column that is always shown; nothing is shown as `<none>`. */
export function column<T = KubeObject>(name: string, cell: (object: T, now: Date) => unknown): Column {
  return {
    ...{ name, priority: 0, type: 'string' },
    cell: (object, now) => shown(cell(object as unknown as T, now)),
  };
}

/** One that only `-o wide` shows. */
export function wide<T = KubeObject>(name: string, cell: (object: T, now: Date) => unknown): Column {
  return { ...column(name, cell), priority: 1 };
}

/** A column of whole numbers. */
export function counted<T = KubeObject>(name: string, cell: (object: T) => number): Column {
  return { ...column(name, cell), type: 'integer' };
}

/** A column with `-o wide` whose text is shown as it is, also where there is none. */
export function plain<T = KubeObject>(name: string, cell: (object: T) => string | undefined): Column {
  return { ...wide(name, cell), cell: (object) => cell(object as unknown as T) ?? '' };
}

/** A column whose text is shown as it is, also where it is empty; `<none>` stands only for undefined. */
export function verbatim<T = KubeObject>(name: string, cell: (object: T) => string | undefined): Column {
  return { ...column(name, cell), cell: (object) => cell(object as unknown as T) ?? '<none>' };
}

function shown(value: unknown): string | number {
  if (typeof value === 'number') return value;
  return value === undefined || value === null || value === '' ? '<none>' : String(value);
}

export const name = column('Name', ({ metadata }) => metadata.name);
export const age = column('Age', ({ metadata }, now) => ageOf(metadata.creationTimestamp, now));
/** For kinds that are shown with the moment itself: roles, and those without columns of their own. */
export const createdAt: Column = {
  ...column('Created At', ({ metadata }) => metadata.creationTimestamp),
  type: 'date',
};
