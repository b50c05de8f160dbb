/** The line to the extension host. */

interface VSCodeApi {
  postMessage(message: unknown): void;
}

declare function acquireVsCodeApi(): VSCodeApi;

/** Opens the line; VS Code allows this once for a page. */
export function connectHost<From, To extends { readonly type: string }>(
  onMessage: (message: To) => void,
): (message: From) => void {
  const api = acquireVsCodeApi();
  window.addEventListener('message', (event: MessageEvent<To>) => onMessage(event.data));
  return (message) => api.postMessage(message);
}
