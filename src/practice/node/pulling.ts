/** How a container comes to its image. */
import { createHash } from 'node:crypto';
import { fullName, imageExists } from '../app.ts';
import type { Container } from '../objects.ts';
import { backOff } from './backoff.ts';
import type { Host } from './host.ts';

/** How long things take on this node, in milliseconds. */
const pullTime = 900;
const timeToGiveUp = 200;

/**
 * Waits until the node has the container's image; never, where there is none of that name.
 * @param wait shows why the container waits
 * @throws when the pod ends
 */
export async function pull(
  { name, image, imagePullPolicy }: Container,
  { pulled, clock, event, sleep }: Host,
  wait: (reason: string, message: string) => Promise<void>,
): Promise<void> {
  const full = fullName(image);
  if (imagePullPolicy !== 'Always' && pulled.has(full)) {
    event(name, 'Normal', 'Pulled', `Container image "${image}" already present on machine`);
    return;
  }
  for (let failures = 0; ; failures += 1) {
    const begun = clock.now();
    event(name, 'Normal', 'Pulling', `Pulling image "${image}"`);
    await sleep(pullTime);
    if (imageExists(image)) {
      pulled.add(full);
      const took = ((clock.now() - begun) / 1000).toFixed(3);
      event(name, 'Normal', 'Pulled', `Successfully pulled image "${image}" in ${took}s`);
      return;
    }
    const why =
      `rpc error: code = NotFound desc = failed to pull and unpack image "${full}": ` +
      `failed to resolve reference "${full}": ${full}: not found`;
    event(name, 'Warning', 'Failed', `Failed to pull image "${image}": ${why}`);
    event(name, 'Warning', 'Failed', 'Error: ErrImagePull');
    await wait('ErrImagePull', why);
    await sleep(timeToGiveUp);
    event(name, 'Normal', 'BackOff', `Back-off pulling image "${image}"`);
    event(name, 'Warning', 'Failed', 'Error: ImagePullBackOff');
    await wait('ImagePullBackOff', `Back-off pulling image "${image}"`);
    await sleep(backOff(failures));
  }
}

/** The name and digest that a runtime gives an image that it has. */
export function imageId(image: string): string {
  const full = fullName(image);
  return `${full}@sha256:${createHash('sha256').update(full).digest('hex')}`;
}
