/**
 * One investigation in a process that has not loaded the cluster client yet, as the first one of a window.
 * Arguments: kubeconfig, context, namespace and name of the Deployment. Prints the milliseconds that it took.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Connect from '../../../src/cluster/connect.ts';
import { root } from '../../support/paths.ts';
import { investigate } from './place.ts';

const [kubeconfig = '', context = '', namespace = '', workload = ''] = process.argv.slice(2);
const start = performance.now();
const { connectCluster } = createRequire(import.meta.url)(join(root, 'dist/cluster.js')) as typeof Connect;
await investigate(await connectCluster({ kubeconfig, context }), {
  kubeconfig,
  context,
  namespace,
  workload,
});
console.log(performance.now() - start);
// Connections that are kept alive would keep the process too.
process.exit(0);
