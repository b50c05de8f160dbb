/**
 * The practice application: one contract for the simulated containers and for the real container image of the cluster tests.
 * Every image of {@link images} holds the same application; what it does depends on its environment alone:
 * - `DATABASE_URL`: when set, it must begin with `postgres://`, or the application exits with code 1;
 * - `CACHE_MB`: megabytes that it needs besides its own {@link baseMegabytes}; under a lower memory limit it is killed;
 * - `PORT` (8080): where it answers `/healthz`.
 */

/** The images that exist, by full name. Everything else cannot be pulled. */
export const images: readonly string[] = [
  'docker.io/library/shop-checkout:1.4.2',
  'docker.io/library/shop-catalog:2.0.0',
  'docker.io/library/shop-recommendations:3.1.0',
  'docker.io/library/shop-cart:1.9.0',
  'docker.io/library/shop-payments:5.2.1',
  'docker.io/library/shop-search:4.0.3',
];

/** What the application itself takes, in MiB. */
export const baseMegabytes = 24;

/** A container as its application sees it. */
export interface Circumstances {
  readonly environment: Readonly<Record<string, string>>;
  /** Bytes; absent where there is no limit. */
  readonly memoryLimit?: number;
}

/** What it prints, and what becomes of it. */
export type Behaviour = { readonly lines: readonly string[] } & (
  | { readonly outcome: 'serves'; readonly port: number }
  | { readonly outcome: 'exits'; readonly exitCode: number }
  | { readonly outcome: 'out-of-memory' }
);

/** What the application does. {@link entrypointScript} does the same in a real container. */
export function behave({ environment, memoryLimit = Infinity }: Circumstances): Behaviour {
  const { PORT: port = '8080', DATABASE_URL: database, CACHE_MB: cache = '' } = environment;
  const lines = [`INFO starting on port ${port}`];
  if (database !== undefined) {
    if (!database.startsWith('postgres://')) {
      const scheme = database.split(':')[0] ?? '';
      lines.push(
        `FATAL cannot start: DATABASE_URL must begin with postgres:// but begins with ${scheme}:`,
        'FATAL no connection to the database can be made, exiting with code 1',
      );
      return { lines, outcome: 'exits', exitCode: 1 };
    }
    lines.push('INFO connected to the database');
  }
  const megabytes = /^\d+$/.test(cache) ? Number(cache) : 0;
  if (megabytes > 0) lines.push(`INFO filling the cache with ${String(megabytes)} MB`);
  if ((megabytes + baseMegabytes) * 2 ** 20 > memoryLimit) return { lines, outcome: 'out-of-memory' };
  lines.push(`INFO ready, answering /healthz on port ${port}`);
  return { lines, outcome: 'serves', port: Number(port) };
}

/** Whether an image can be pulled; names are completed the way container runtimes complete them. */
export function imageExists(image: string): boolean {
  return images.includes(fullName(image));
}

/** `shop-cart:1.9.0` → `docker.io/library/shop-cart:1.9.0`. */
export function fullName(image: string): string {
  const tagged = /[:@][^/]*$/.test(image) ? image : `${image}:latest`;
  const [first = '', ...rest] = tagged.split('/');
  if (rest.length === 0) return `docker.io/library/${tagged}`;
  return /[.:]|^localhost$/.test(first) ? tagged : `docker.io/${tagged}`;
}

/**
 * The application as a POSIX shell script, the entry point of the real image: needs busybox with `httpd` and `tail`.
 * Its last process replaces the shell, so that it is process 1 of its container: only then does the kernel's kill end the container.
 */
export const entrypointScript = `#!/bin/sh
port="\${PORT:-8080}"
echo "INFO starting on port $port"
if [ "\${DATABASE_URL+set}" = set ]; then
  case "$DATABASE_URL" in
    postgres://*) echo "INFO connected to the database" ;;
    *)
      echo "FATAL cannot start: DATABASE_URL must begin with postgres:// but begins with \${DATABASE_URL%%:*}:"
      echo "FATAL no connection to the database can be made, exiting with code 1"
      exit 1
      ;;
  esac
fi
cache="\${CACHE_MB:-0}"
case "$cache" in *[!0-9]*) cache=0 ;; esac
[ "$cache" -gt 0 ] && echo "INFO filling the cache with $cache MB"
limit="$(cat /sys/fs/cgroup/memory.max 2>/dev/null || cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || echo max)"
if [ "$limit" != max ] && [ "$(((cache + ${String(baseMegabytes)}) * 1048576))" -gt "$limit" ]; then
  exec tail /dev/zero
fi
echo "INFO ready, answering /healthz on port $port"
mkdir -p /www
echo ok >/www/healthz
exec httpd -f -p "$port" -h /www
`;
