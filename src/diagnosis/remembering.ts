/** One investigation asks each question once, however many collectors need the answer. */
import type { ReadableCluster } from './read.ts';

/** The same cluster; an answer is kept for as long as this object is, so that it is made anew for each investigation. */
export function remembering(cluster: ReadableCluster): ReadableCluster {
  const answers = new Map<string, Promise<unknown>>();
  const once = <T>(question: unknown[], ask: () => Promise<T>): Promise<T> => {
    const key = JSON.stringify(question);
    const known = answers.get(key);
    if (known !== undefined) return known as Promise<T>;
    const answer = ask();
    answers.set(key, answer);
    return answer;
  };
  return {
    get: (ref, signal) => once(['get', ref.kind, ref.namespace, ref.name], () => cluster.get(ref, signal)),
    metadata: (ref, signal) =>
      once(['metadata', ref.kind, ref.namespace, ref.name], () => cluster.metadata(ref, signal)),
    list: (kind, selection, signal) => {
      const { namespace, labelSelector, fieldSelector, limit } = selection;
      return once(['list', kind, namespace, labelSelector, fieldSelector, limit], () =>
        cluster.list(kind, selection, signal),
      );
    },
    // No two collectors read the same log, or ask for the same right.
    logs: (request, signal) => cluster.logs(request, signal),
    accountMay: async (account, right, signal) => cluster.accountMay?.(account, right, signal),
  };
}
