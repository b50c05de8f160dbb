/** The one namespace that is touched: made with a label, and taken for ours by that label alone. */
import { setTimeout as delay } from 'node:timers/promises';
import type { KubeClient } from '../client.ts';
import { namespaces } from '../objects.ts';
import type { KubeObject } from '../objects.ts';
import { Refusal } from './refusal.ts';

export const practiceNamespace = 'oncall-practice';
export const ownerLabel = 'app.kubernetes.io/managed-by';
export const owner = 'oncall-practice';

/** Milliseconds between two looks whether it is gone. */
const pauseBeforeLook = 500;

/**
 * Makes sure that the namespace is there and is ours.
 * @throws Refusal where it is somebody else's, or still on its way out
 */
export async function claim(client: KubeClient, signal: AbortSignal): Promise<void> {
  const found = await client.get(namespaces, undefined, practiceNamespace, signal);
  if (found === undefined) {
    const metadata = { name: practiceNamespace, labels: { [ownerLabel]: owner } };
    await client.create(namespaces, { metadata }, signal);
    return;
  }
  refuseForeign(found);
  if (found.metadata.deletionTimestamp !== undefined) {
    throw new Refusal(`Namespace ${practiceNamespace} is still being deleted: try again once it is gone.`);
  }
}

/**
 * Deletes the namespace with everything in it, and waits until it is gone.
 * @returns false where there was none
 * @throws Refusal where it is somebody else's
 */
export async function cleanUp(client: KubeClient, signal: AbortSignal): Promise<boolean> {
  const found = await client.get(namespaces, undefined, practiceNamespace, signal);
  if (found === undefined) return false;
  refuseForeign(found);
  const { uid } = found.metadata;
  const same = uid === undefined ? {} : { uid };
  await client.delete(namespaces, undefined, practiceNamespace, { ...same, signal });
  for (;;) {
    const left = await client.get(namespaces, undefined, practiceNamespace, signal);
    if (left === undefined || left.metadata.uid !== uid) return true;
    await delay(pauseBeforeLook, undefined, { signal });
  }
}

function refuseForeign({ metadata }: KubeObject): void {
  if (metadata.labels?.[ownerLabel] === owner) return;
  throw new Refusal(
    `There is a namespace ${practiceNamespace} that was not made here (it has no label ${ownerLabel}=${owner}): it is left alone.`,
  );
}
