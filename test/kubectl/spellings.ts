/** Every way in which kubectl lets people write a type that the server has. */
import { resolveType } from '../../src/kubectl/resources.ts';
import type { ServedType } from './judge.ts';

export function spellingsOf(type: ServedType): string[] {
  const { kind, plural, singular, shortNames, group, version } = type;
  const words = [plural, singular, kind.toLowerCase(), ...shortNames];
  const plain = [...words, kind, plural.toUpperCase()];
  const qualified = [plural, singular, kind].flatMap((word) =>
    group === '' ? [`${word}.${version}.`] : [`${word}.${group}`, `${word}.${version}.${group}`],
  );
  return [...new Set([...plain, ...qualified])];
}

/** Types that old servers have, and that are gone where our table ends; being unknown raises their risk. */
const gone = new Set(['extensions/ingresses', 'events.k8s.io/events', 'policy/podsecuritypolicies']);

/** What our table of types says otherwise than the server. */
export function spellingFaults(types: readonly ServedType[]): string[] {
  const faults: string[] = [];
  for (const type of types) {
    // Reviews are questions: no command can name one.
    if (!type.stored) continue;
    const mayBeUnknown = gone.has(`${type.group}/${type.plural}`);
    for (const spelling of spellingsOf(type)) {
      const ours = resolveType(spelling);
      // A spelling that we do not know raises the risk; one that we take for another type would be a hole.
      if (mayBeUnknown && ours?.family === 'unknown') continue;
      if (ours?.kind !== type.kind || ours.namespaced !== type.namespaced) {
        const said = `${ours?.kind ?? 'nothing'}, ${String(ours?.namespaced)}`;
        faults.push(
          `${spelling} is ${type.kind} (${type.namespaced ? 'namespaced' : 'cluster'}), not ${said}`,
        );
      }
    }
  }
  return faults;
}
