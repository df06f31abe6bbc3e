import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { writePrivateFile } from '../common/private-file.js';

const DAY_MS = 86_400_000;

/** What a TLS server needs, and the certificate authority that its clients must trust. */
export interface Certificates {
  readonly ca: string;
  readonly caFile: string;
  readonly cert: string;
  readonly key: string;
}

/** A new leaf for these hosts, signed by the authority kept in the folder, so that a client's trust outlives a restart. */
export async function openCertificates(folder: string, hosts: readonly string[]): Promise<Certificates> {
  const authority = await keptAuthority(folder);
  const leaf = await generate([{ name: 'commonName', value: 'Key Vault stand-in' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + 365 * DAY_MS),
    ca: { key: authority.key, cert: authority.ca },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: hosts.map((host) => (isIP(host) ? { type: 7 as const, ip: host } : { type: 2 as const, value: host })),
      },
    ],
  });
  return { ca: authority.ca, caFile: authority.caFile, cert: leaf.cert, key: leaf.private };
}

async function keptAuthority(folder: string): Promise<{ ca: string; caFile: string; key: string }> {
  const caFile = join(folder, 'ca.pem');
  const keyFile = join(folder, 'ca.key.pem');
  if (!isUsable(caFile, keyFile)) {
    const made = await generate([{ name: 'commonName', value: 'Key Vault stand-in CA' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      notAfterDate: new Date(Date.now() + 3650 * DAY_MS),
      extensions: [
        { name: 'basicConstraints', cA: true, critical: true },
        { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
      ],
    });
    // The key first: a crash between the two writes leaves no certificate, and the next start makes a new pair.
    writePrivateFile(keyFile, made.private);
    writePrivateFile(caFile, made.cert);
  }
  return { ca: readFileSync(caFile, 'utf8'), caFile, key: readFileSync(keyFile, 'utf8') };
}

function isUsable(caFile: string, keyFile: string): boolean {
  if (!existsSync(caFile) || !existsSync(keyFile)) return false;
  return new X509Certificate(readFileSync(caFile)).validToDate.getTime() > Date.now() + 30 * DAY_MS;
}
