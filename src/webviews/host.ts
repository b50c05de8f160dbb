/** The line to the extension host. */

interface VSCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VSCodeApi;

/** VS Code hands it out once for a page. */
let api: VSCodeApi | undefined;
const host = (): VSCodeApi => (api ??= acquireVsCodeApi());

/** What {@link keep} was last given, by this page or by the one in its place before a tab switch or a reload. */
export const kept = (): unknown => host().getState();

/** Keeps the page's own state for as long as its tab is there. */
export const keep = (state: object): void => host().setState(state);

/** Opens the line. */
export function connectHost<From, To extends { readonly type: string }>(
  onMessage: (message: To) => void,
): (message: From) => void {
  window.addEventListener('message', (event: MessageEvent<To>) => onMessage(event.data));
  return (message) => host().postMessage(message);
}
