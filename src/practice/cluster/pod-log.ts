/** `kubectl logs`: the API server passes the question on to the kubelet of the pod's node. */
import { request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { V1Node, V1Pod } from '@kubernetes/client-node';
import { ApiFailure, badRequest } from './failure.ts';
import type { KubeObject } from './object.ts';
import { resourceOf } from './resources.ts';
import type { Store } from './store.ts';

const longestErrorBytes = 2000;

/**
 * @param query of the request; all but `container` goes to the kubelet
 * @returns the kubelet's answer, to be streamed on; undefined where no node has the pod yet, which is answered with nothing (204)
 * @throws ApiFailure 400 (no container chosen), 500 (the kubelet cannot be reached), or the kubelet's refusal
 */
export async function podLog(
  store: Store,
  object: KubeObject,
  query: URLSearchParams,
  signal: AbortSignal,
): Promise<IncomingMessage | undefined> {
  const pod = object as unknown as V1Pod;
  const { name, namespace } = object.metadata;
  const container = containerOf(pod, query.get('container') ?? '');
  if (!pod.spec?.nodeName) return undefined;
  const node = store.get(resourceOf('', 'nodes'), undefined, pod.spec.nodeName) as unknown as
    V1Node | undefined;
  const host = node?.status?.addresses?.find((one) => one.type === 'InternalIP')?.address;
  const port = node?.status?.daemonEndpoints?.kubeletEndpoint?.Port;
  if (host === undefined || port === undefined)
    throw internal(`no kubelet address known for node ${pod.spec.nodeName}`);

  const passedOn = new URLSearchParams(query);
  passedOn.delete('container');
  passedOn.sort();
  const path = `/containerLogs/${namespace}/${name}/${container}?${passedOn}`;
  const answer = await get(host, port, path, signal);
  if (answer.statusCode === 200) return answer;
  const text = await start(answer);
  if (answer.statusCode === 400) throw badRequest(text);
  if (answer.statusCode === 404) throw new ApiFailure(404, 'NotFound', text);
  throw internal(text);
}

function containerOf(pod: V1Pod, wanted: string): string {
  const names = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].map((one) => one.name);
  const name = pod.metadata?.name;
  if (wanted !== '') {
    if (names.includes(wanted)) return wanted;
    throw badRequest(`container ${wanted} is not valid for pod ${name}`);
  }
  const [only, ...more] = names;
  if (only !== undefined && more.length === 0) return only;
  throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]`);
}

/** A kubelet's certificate is not verified, as a real API server without a kubelet CA does not. */
function get(host: string, port: number, path: string, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    httpsRequest({ host, port, path, rejectUnauthorized: false, signal }, resolve)
      .on('error', (error) => {
        const why = `Get "https://${host}:${port}${path}": ${error.message}`;
        reject(new ApiFailure(500, 'InternalError', why));
      })
      .end();
  });
}

async function start(answer: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > longestErrorBytes) break;
  }
  return text.slice(0, longestErrorBytes);
}

function internal(why: string): ApiFailure {
  return new ApiFailure(500, 'InternalError', `Internal error occurred: ${why}`);
}
