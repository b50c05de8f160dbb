/** A certificate authority of the practice cluster's own, and the server certificate that it signs. */
import { generate } from 'selfsigned';

export interface Certificates {
  /** PEM. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const common = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

/** Makes a pair that is valid for a year, for 127.0.0.1 and localhost. */
export async function makeCertificates(): Promise<Certificates> {
  const authority = await generate([{ name: 'commonName', value: 'practice cluster CA' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'practice cluster' }], {
    ...common,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
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
  return { ca: authority.cert, cert: server.cert, key: server.private };
}
