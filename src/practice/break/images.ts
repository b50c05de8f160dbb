/** The shop's images exist in no public registry: on somebody's own cluster a public busybox plays them, with the same script. */
import { entrypoint, entrypointScript, imageExists } from '../app.ts';
import type { Stage } from '../scenarios/play.ts';

/**
 * What {@link Stage.rewrite} does there. Images that are meant not to exist stay as they are.
 * @param image an image that holds busybox, or one of the shop's own
 */
export function playedBy(image: string): NonNullable<Stage['rewrite']> {
  const isShop = imageExists(image);
  const changed = (value: unknown, whole: boolean): unknown => {
    if (typeof value === 'string') return imageExists(value) ? image : value;
    if (Array.isArray(value)) return value.map((each: unknown) => changed(each, whole));
    if (typeof value !== 'object' || value === null) return value;
    const fields = Object.entries(value).map(([key, each]) => [key, changed(each, whole)] as const);
    const copy: object = Object.fromEntries(fields);
    // A patch that names another image, or a variable, leaves the command as it is.
    if (isShop || !isContainer(value) || !(whole || value.command !== undefined)) return copy;
    return { ...copy, command: commandOf(value.command) };
  };
  return <T extends object>(part: T, what: 'object' | 'patch'): T => changed(part, what === 'object') as T;
}

/** The application's program is a script here; any other program is missing in this image as in the shop's. */
function commandOf(command: readonly string[] = [entrypoint]): readonly string[] {
  const [program, ...others] = command;
  return program === entrypoint ? ['/bin/sh', '-c', entrypointScript, entrypoint, ...others] : command;
}

function isContainer(value: object): value is { name: string; command?: readonly string[] } {
  return 'name' in value && ('image' in value || ('command' in value && Array.isArray(value.command)));
}
