/** A real control plane on loopback: etcd, API server, controller manager, scheduler. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as https from 'node:https';
import { generate } from 'selfsigned';
import { freePorts } from '../ports.ts';
import { run, startDaemon, waitFor, type Daemon } from '../processes.ts';
import { binaries } from './binaries.ts';

const context = 'oncall-test';

export interface ControlPlane {
  /** `https://127.0.0.1:PORT`. */
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  /** Bearer token of an administrator. */
  readonly token: string;
  /** Bearer token of `limited`, a user with no rights but those that a test gives. */
  readonly limitedToken: string;
  /** Path of a kubeconfig (JSON) for the administrator, with one context. */
  readonly kubeconfig: string;
  /** The context's name. */
  readonly context: string;
  /** Folder of the programs. */
  readonly programs: string;
  /** The object at a path of the API, as its administrator sees it; undefined where there is none. */
  get(path: string): Promise<unknown>;
  close(): Promise<void>;
}

async function certificates() {
  const day = 24 * 3600 * 1000;
  const notAfterDate = new Date(Date.now() + 30 * day);
  const notBeforeDate = new Date(Date.now() - day);
  const common = { keyType: 'rsa', algorithm: 'sha256', notAfterDate, notBeforeDate } as const;
  const ca = await generate([{ name: 'commonName', value: 'oncall-test-ca' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'kube-apiserver' }], {
    ...common,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { ca: ca.cert, certificate: server.cert, key: server.private };
}

/** A kubeconfig with one context, as JSON, which is YAML too. */
function kubeconfigJson(server: string, ca: string, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: context,
        cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
      },
    ],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: context, context: { cluster: context, user: 'admin' } }],
    'current-context': context,
  });
}

/** The body of a GET that answers with 200; undefined otherwise, and where nobody answers. */
function read(url: string, ca: string, token: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    // Named: this API server crashes on the user agents of curl and wget.
    const options = { ca, headers: { authorization: `Bearer ${token}`, 'user-agent': 'oncall-test' } };
    https
      .get(url, options, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () => resolve(response.statusCode === 200 ? body : undefined));
      })
      .on('error', () => resolve(undefined));
  });
}

/**
 * Starts a control plane with all its state in `dir`. Ready when it resolves, after about 5 s.
 * @param dir absolute, existing, empty
 */
export async function startControlPlane(dir: string): Promise<ControlPlane> {
  const programs = await binaries();
  const [etcdPort = 0, apiPort = 0, managerPort = 0, schedulerPort = 0] = await freePorts(4);
  const file = (name: string) => join(dir, name);
  const { ca, certificate, key } = await certificates();
  const accounts = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const [token, limitedToken] = [randomBytes(16).toString('hex'), randomBytes(16).toString('hex')];
  const server = `https://127.0.0.1:${apiPort}`;
  await Promise.all([
    writeFile(file('ca.crt'), ca),
    writeFile(file('api.crt'), certificate),
    writeFile(file('api.key'), key),
    writeFile(file('sa.key'), accounts.privateKey),
    writeFile(file('sa.pub'), accounts.publicKey),
    writeFile(file('tokens.csv'), `${token},admin,admin,"system:masters"\n${limitedToken},limited,limited\n`),
    writeFile(file('kubeconfig.json'), kubeconfigJson(server, ca, token), { mode: 0o600 }),
  ]);

  const at = (path: string) => read(`${server}${path}`, ca, token);
  const daemons: Daemon[] = [];
  const start = async (name: string, args: string[]) => {
    const daemon = await startDaemon({ name, command: join(programs, name), args, log: file(`${name}.log`) });
    daemons.push(daemon);
    return daemon;
  };
  const close = async () => {
    for (const daemon of daemons.reverse()) await daemon.stop();
  };
  /** 1.20 opens a fixed insecure port unless told otherwise; newer versions do not know the flag. */
  const insecurePortOff = async (name: string) => {
    const { stdout, stderr } = await run(join(programs, name), ['--help'], { timeoutMs: 20_000 });
    return /^\s+--port int/m.test(stdout + stderr) ? ['--port=0'] : [];
  };

  try {
    const etcd = `http://127.0.0.1:${etcdPort}`;
    await start('etcd', [
      ...['--data-dir', file('etcd'), '--unsafe-no-fsync', '--listen-peer-urls', 'http://127.0.0.1:0'],
      ...['--listen-client-urls', etcd, '--advertise-client-urls', etcd],
    ]);
    const api = await start('kube-apiserver', [
      `--etcd-servers=${etcd}`,
      `--secure-port=${apiPort}`,
      ...['--bind-address=127.0.0.1', '--advertise-address=127.0.0.1'],
      `--tls-cert-file=${file('api.crt')}`,
      `--tls-private-key-file=${file('api.key')}`,
      `--client-ca-file=${file('ca.crt')}`,
      `--token-auth-file=${file('tokens.csv')}`,
      '--authorization-mode=RBAC,Node',
      '--service-cluster-ip-range=10.0.0.0/24',
      `--service-account-key-file=${file('sa.pub')}`,
      `--service-account-signing-key-file=${file('sa.key')}`,
      '--service-account-issuer=https://oncall-test',
      '--disable-admission-plugins=ServiceAccount',
      '--allow-privileged',
      '--kubelet-preferred-address-types=Hostname',
    ]);
    await waitFor('the API server is ready', () => at('/readyz'), { timeoutMs: 60_000, until: api });
    await start('kube-controller-manager', [
      `--kubeconfig=${file('kubeconfig.json')}`,
      `--service-account-private-key-file=${file('sa.key')}`,
      `--root-ca-file=${file('ca.crt')}`,
      ...['--leader-elect=false', '--bind-address=127.0.0.1', `--secure-port=${managerPort}`],
      // A third of the default: tests wait for several looks of an autoscaler.
      '--horizontal-pod-autoscaler-sync-period=5s',
      ...(await insecurePortOff('kube-controller-manager')),
    ]);
    await start('kube-scheduler', [
      `--kubeconfig=${file('kubeconfig.json')}`,
      ...['--leader-elect=false', '--bind-address=127.0.0.1', `--secure-port=${schedulerPort}`],
      ...(await insecurePortOff('kube-scheduler')),
    ]);
    await waitFor(
      'the controllers have made the default service account',
      () => at('/api/v1/namespaces/default/serviceaccounts/default'),
      { timeoutMs: 60_000, until: daemons[2] },
    );
  } catch (error) {
    await close();
    throw error;
  }
  return {
    ...{ server, ca, token, limitedToken, kubeconfig: file('kubeconfig.json'), context, programs, close },
    async get(path) {
      const body = await at(path);
      return body === undefined ? undefined : (JSON.parse(body) as unknown);
    },
  };
}
