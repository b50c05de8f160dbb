/** A practice cluster in a thread of its own, so that it takes no time of whom it serves. Says where it is, and runs until it is ended. */
import { parentPort, workerData } from 'node:worker_threads';
import { startPracticeCluster } from '../../../src/practice/cluster/start.ts';

const { directory } = workerData as { directory: string };
const { url, caCertificate, token, kubeconfig } = await startPracticeCluster({ directory });
parentPort?.postMessage({ url, caCertificate, token, kubeconfig });
