/** Fields of an object by a path such as `status.conditions[Ready].message` or `metadata.annotations['a.b/c']`. */
import { WrongCall } from './tool.ts';

const segment = /\.?([^.[\]]+)|\[(?:'([^']*)'|"([^"]*)"|([^\]'"]*))\]/y;

/** The steps of a path, or undefined where it is none. */
function stepsOf(path: string): string[] | undefined {
  const steps: string[] = [];
  segment.lastIndex = 0;
  while (segment.lastIndex < path.length) {
    const match = segment.exec(path);
    if (match === null) return undefined;
    steps.push(match[1] ?? match[2] ?? match[3] ?? match[4] ?? '');
  }
  return steps;
}

/** One step down: a key of an object; an index of a list, or the `name` or `type` of the item that is meant. */
function down(value: unknown, step: string): unknown {
  if (Array.isArray(value)) {
    if (/^\d{1,6}$/.test(step)) return value[Number(step)];
    return value.find((item) => isRecord(item) && (item['name'] === step || item['type'] === step));
  }
  return isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path; undefined where there is none. */
export function fieldAt(object: unknown, path: string): unknown {
  return stepsOf(path)?.reduce<unknown>(down, object);
}

/**
 * The value at a path that must be there.
 * @throws WrongCall that names what there is as far as the path leads
 */
export function fieldThere(object: unknown, path: string): unknown {
  const steps = stepsOf(path);
  if (steps === undefined) throw new WrongCall(`"${path}" is not a path such as status.conditions[Ready].`);
  let value = object;
  for (const [index, step] of steps.entries()) {
    const next = down(value, step);
    if (next === undefined) {
      const at = index === 0 ? 'the object' : steps.slice(0, index).join('.');
      throw new WrongCall(`There is no ${step} in ${at}${choices(value)}.`);
    }
    value = next;
  }
  return value;
}

function choices(value: unknown): string {
  if (Array.isArray(value)) return `, a list of ${String(value.length)}`;
  if (!isRecord(value)) return ', which has no fields';
  return `, which has ${Object.keys(value).slice(0, 40).join(', ') || 'no fields'}`;
}
