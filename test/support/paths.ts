/** Where things lie in the project. */
import { join, resolve } from 'node:path';

/** The project's root folder. */
export const root = resolve(import.meta.dirname, '../..');
/** What is installed once and found again: VS Code, kubectl, control plane. Ignored by git. */
export const cache = join(root, '.vscode-test');
/** What a run leaves behind to be looked at: screenshots. Ignored by git. */
export const artifacts = join(root, 'artifacts');
/** What the tests build. Ignored by git. */
export const out = join(root, 'out');
