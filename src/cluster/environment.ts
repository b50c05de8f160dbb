/** The environment that a process is given: what kubectl and its credential plugins need, and nothing else. */
import { delimiter, isAbsolute } from 'node:path';

/** Names that pass. Compared in upper case, because Windows does not tell them apart and proxies come in both cases. */
const passed = new Set([
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'XDG_CONFIG_HOME',
  'XDG_CACHE_HOME',
  'XDG_RUNTIME_DIR',
  'DBUS_SESSION_BUS_ADDRESS',
  'SYSTEMROOT',
  'SYSTEMDRIVE',
  'WINDIR',
  'COMSPEC',
  'PATHEXT',
  'USERPROFILE',
  'USERNAME',
  'USERDOMAIN',
  'APPDATA',
  'LOCALAPPDATA',
  'PROGRAMDATA',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'USE_GKE_GCLOUD_AUTH_PLUGIN',
  'KRB5CCNAME',
]);

/** Prefixes of the variables with which the cloud providers' credential plugins are set up. */
const passedPrefixes = [
  'LC_',
  'AWS_',
  'AZURE_',
  'AAD_',
  'GOOGLE_',
  'CLOUDSDK_',
  'OCI_',
  'ALIBABA_CLOUD_',
  'DIGITALOCEAN_',
  'IBMCLOUD_',
];

/**
 * What a child process may see of `env`: home, search path, locale, proxies and cloud credentials.
 * Everything else is dropped, among it `KUBECONFIG`, `KUBECTL_*`, `LD_*` and `NODE_OPTIONS`. The search path loses its
 * relative entries, so that no credential plugin is found in the current folder. `KUBERC=off` keeps kubectl from
 * reading preferences that would change the meaning of the command that was judged.
 */
export function cleanedEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const cleaned: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue;
    const upper = name.toUpperCase();
    if (upper === 'PATH') cleaned[name] = absoluteEntries(value).join(delimiter);
    else if (passed.has(upper) || passedPrefixes.some((prefix) => upper.startsWith(prefix)))
      cleaned[name] = value;
  }
  return { ...cleaned, KUBERC: 'off' };
}

/** The entries of a search path that mean the same folder wherever the process stands. */
export function absoluteEntries(path: string): string[] {
  return path.split(delimiter).filter((entry) => isAbsolute(entry));
}
