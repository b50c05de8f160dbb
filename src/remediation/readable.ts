/** Reads that may be refused without ending a run. */
import { isOncallError } from '../domain/error.ts';
import type { KubeObject } from '../domain/kubernetes.ts';

/** Empty where the kind is not known or may not be read: whoever asks must take that for "not there". All else is thrown. */
export async function whatCanBeRead(
  read: () => Promise<readonly KubeObject[]>,
): Promise<readonly KubeObject[]> {
  try {
    return await read();
  } catch (error) {
    if (isOncallError(error) && ['target-unknown', 'cluster-forbidden'].includes(error.code)) return [];
    throw error;
  }
}
