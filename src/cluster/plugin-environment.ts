/** What credential plugins may see of this process's environment: what kubectl's may, and not what an editor holds besides. */
import type { KubeConfig } from '@kubernetes/client-node';
import { cleanedEnvironment } from './environment.ts';

interface Variable {
  readonly name: string;
  /** Undefined takes the variable away: Node passes over such values when it starts a process. */
  readonly value: string | undefined;
}

interface Plugin {
  env?: readonly Variable[] | null;
}

/**
 * Has the plugins of a kubeconfig started with the cleaned environment and their own variables. The client puts what a plugin
 * sets over the whole `process.env`, as it is then: so whatever is not for it is set to nothing, each time anew.
 * @param env the environment that the plugins' own is reduced from
 */
export function restrictPlugins(config: KubeConfig, env: NodeJS.ProcessEnv): void {
  for (const { exec, authProvider } of config.getUsers()) {
    for (const plugin of [exec, authProvider?.config?.exec] as (Plugin | null | undefined)[]) {
      if (typeof plugin !== 'object' || plugin === null) continue;
      const own = plugin.env ?? [];
      Object.defineProperty(plugin, 'env', { get: () => [...variables(env), ...own] });
    }
  }
}

function variables(env: NodeJS.ProcessEnv): Variable[] {
  const cleaned = cleanedEnvironment(env);
  return [
    ...Object.keys(process.env).flatMap((name) =>
      Object.hasOwn(cleaned, name) ? [] : [{ name, value: undefined }],
    ),
    ...Object.entries(cleaned).map(([name, value]) => ({ name, value })),
  ];
}
