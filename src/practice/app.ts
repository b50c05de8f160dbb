/**
 * The practice application: one contract for the simulated containers and for the real container image of the cluster tests.
 * Every image of {@link images} holds the same application; what it does depends on its environment alone:
 * - `DATABASE_URL`: when set, it must begin with `postgres://`, or the application exits with code 1;
 * - `LOG_LINES`: what it prints at first besides its own: what its users wrote, line by line;
 * - `CACHE_MB`: megabytes that it needs besides its own {@link baseMegabytes}; under a lower memory limit it is killed;
 * - `PORT` (8080): where it answers `/healthz`;
 * - `READS`: a resource of the Kubernetes API that it lists; it is ready while it may. Only a simulated container has a way there;
 * - `LOAD_MILLICORES`: what its users ask of all its pods together, for the metrics; it burns nothing.
 *
 * Its first argument names a task to do instead of serving: `migrate`, or `export` with `--format=csv` or `--format=json`.
 */

/** The images that exist, by full name. Everything else cannot be pulled. */
export const images: readonly string[] = [
  'docker.io/library/shop-checkout:1.4.2',
  'docker.io/library/shop-catalog:2.0.0',
  'docker.io/library/shop-recommendations:3.1.0',
  'docker.io/library/shop-cart:1.9.0',
  'docker.io/library/shop-payments:5.2.1',
  'docker.io/library/shop-search:4.0.3',
  'docker.io/library/shop-pricing:2.8.1',
  'docker.io/library/shop-inventory:3.0.5',
  'docker.io/library/shop-orders:6.1.0',
  'docker.io/library/shop-invoices:1.12.0',
  'docker.io/library/shop-storefront:2.2.0',
  'docker.io/library/shop-returns:0.8.1',
  'docker.io/library/shop-shipping:2.3.1',
  'docker.io/library/shop-warehouse:1.0.4',
  'docker.io/library/shop-reviews:1.3.7',
  'docker.io/library/shop-estimates:3.4.0',
  'docker.io/library/shop-stock:2.6.1',
  'docker.io/library/shop-ratings:1.1.9',
  'docker.io/library/shop-fulfilment:4.3.0',
  'docker.io/library/shop-tracking:2.0.7',
  'docker.io/library/shop-receipts:1.0.2',
  'docker.io/library/shop-sessions:7.1.3',
  'docker.io/library/shop-router:1.1.4',
  'docker.io/library/shop-quotes:2.3.0',
  'docker.io/library/shop-thumbnails:0.9.6',
  'docker.io/library/shop-wishlist:1.7.2',
  'docker.io/library/shop-giftcards:3.2.5',
  'docker.io/library/shop-accounts:8.0.1',
  'docker.io/library/shop-reports:2.3.0',
];

/** What the application itself takes, in MiB. */
export const baseMegabytes = 24;

/** A container as its application sees it. */
export interface Circumstances {
  readonly environment: Readonly<Record<string, string>>;
  /** Bytes; absent where there is no limit. */
  readonly memoryLimit?: number;
  /** In place of the image's entry point. */
  readonly command?: readonly string[];
  readonly args?: readonly string[];
}

/** What it prints, and what becomes of it. */
export type Behaviour = { readonly lines: readonly string[] } & (
  | { readonly outcome: 'serves'; readonly port: number }
  | { readonly outcome: 'exits'; readonly exitCode: number }
  | { readonly outcome: 'out-of-memory' }
  /** Its program does not exist: it is never started. The message is the container runtime's. */
  | { readonly outcome: 'cannot-start'; readonly message: string }
);

/** The application's program in its images. */
export const entrypoint = '/entrypoint';

/** What the application does. {@link entrypointScript} does the same in a real container. */
export function behave(circumstances: Circumstances): Behaviour {
  const { environment, memoryLimit = Infinity, command = [], args = [] } = circumstances;
  const [program = entrypoint, ...others] = command;
  if (program !== entrypoint) return { lines: [], outcome: 'cannot-start', message: notFound(program) };
  const [task = '', ...options] = [...others, ...args];
  if (task !== '') return carriedOut(task, options);
  const { PORT: port = '8080', DATABASE_URL: database, CACHE_MB: cache = '', LOG_LINES: said } = environment;
  const lines = [`INFO starting on port ${port}`, ...(said === undefined ? [] : said.split('\n'))];
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

/** What a task of the application prints, and how it ends. */
function carriedOut(task: string, [option = '']: readonly string[]): Behaviour {
  const refuses = (line: string): Behaviour => ({ lines: [line], outcome: 'exits', exitCode: 2 });
  if (task === 'migrate') {
    const lines = ['INFO migrating the database', 'INFO the database is up to date, done'];
    return { lines, outcome: 'exits', exitCode: 0 };
  }
  if (task !== 'export') return refuses(`FATAL unknown task "${task}": the tasks are migrate and export`);
  if (!option.startsWith('--format='))
    return refuses('FATAL no --format given: the formats are csv and json');
  const format = option.slice('--format='.length);
  if (!['csv', 'json'].includes(format))
    return refuses(`FATAL unknown format "${format}": the formats are csv and json`);
  const lines = [`INFO exporting the orders as ${format}`, 'INFO 4182 orders exported, done'];
  return { lines, outcome: 'exits', exitCode: 0 };
}

/** What containerd says of a program that the image does not hold: not at its path, or nowhere on the search path. */
function notFound(program: string): string {
  const why = program.includes('/')
    ? `stat ${program}: no such file or directory`
    : 'executable file not found in $PATH';
  return (
    'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: ' +
    `unable to start container process: exec: "${program}": ${why}: unknown`
  );
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
case "\${1:-}" in
  "") ;;
  migrate)
    echo "INFO migrating the database"
    echo "INFO the database is up to date, done"
    exit 0
    ;;
  export)
    format="\${2#--format=}"
    case "\${2:-}" in
      --format=csv | --format=json) ;;
      --format=*)
        echo "FATAL unknown format \\"$format\\": the formats are csv and json"
        exit 2
        ;;
      *)
        echo "FATAL no --format given: the formats are csv and json"
        exit 2
        ;;
    esac
    echo "INFO exporting the orders as $format"
    echo "INFO 4182 orders exported, done"
    exit 0
    ;;
  *)
    echo "FATAL unknown task \\"$1\\": the tasks are migrate and export"
    exit 2
    ;;
esac
port="\${PORT:-8080}"
echo "INFO starting on port $port"
[ "\${LOG_LINES+set}" = set ] && printf '%s\\n' "$LOG_LINES"
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
