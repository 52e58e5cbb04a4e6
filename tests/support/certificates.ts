// Certificates are made by a library that looks for it when it is loaded.
// oxlint-disable-next-line import/no-unassigned-import
import 'reflect-metadata'
import { webcrypto, X509Certificate } from 'node:crypto'
import * as x509 from '@peculiar/x509'

/** A certificate and its private key, PEM. */
export interface Proof {
  certificate: string
  key: string
}

/** What a certificate says beside its name; without times it is good for a day, since an hour. */
interface Said {
  from?: number
  until?: number
  /** Alternative names: of a server, addresses and hosts. */
  names?: x509.JsonGeneralNames
  /** For what it may be used; absent: as a client and as a server. */
  uses?: string[]
  /** Whether it may vouch for others. */
  authority?: boolean
}

/** Somebody who signs certificates, with its own. */
export interface Authority extends Proof {
  issue: (subject: string, said?: Said) => Promise<Proof>
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const HOUR = 3_600_000

/** An authority that nobody vouches for but itself. */
export async function authority(subject = 'CN=Test authority'): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const own = await signed(subject, keys, { issuer: subject, signingKey: keys.privateKey }, { authority: true })
  return {
    ...own,
    issue: async (name, said = {}) => {
      const theirs = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
      return signed(name, theirs, { issuer: subject, signingKey: keys.privateKey }, said)
    },
  }
}

async function signed(
  subject: string,
  keys: webcrypto.CryptoKeyPair,
  by: { issuer: string; signingKey: webcrypto.CryptoKey },
  { from = Date.now() - HOUR, until = Date.now() + 24 * HOUR, names = [], uses = USES, authority: isAuthority = false }: Said,
): Promise<Proof> {
  const made = await x509.X509CertificateGenerator.create({
    ...by,
    serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString('hex'),
    subject,
    notBefore: new Date(from),
    notAfter: new Date(until),
    publicKey: keys.publicKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(isAuthority, undefined, true),
      ...(isAuthority ? [] : [new x509.ExtendedKeyUsageExtension(uses)]),
      ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
    ],
  })
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return { certificate: made.toString('pem'), key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n` }
}

export const SERVER_USE = '1.3.6.1.5.5.7.3.1'
const CLIENT_USE = '1.3.6.1.5.5.7.3.2'
const USES = [SERVER_USE, CLIENT_USE]

/** As a proxy hands a certificate on, in `Client-Cert` (RFC 9440). */
export function handedOn({ certificate }: Pick<Proof, 'certificate'>): string {
  return `:${new X509Certificate(certificate).raw.toString('base64')}:`
}
