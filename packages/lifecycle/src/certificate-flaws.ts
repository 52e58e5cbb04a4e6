import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { ApiFlaw } from './flaw.ts'

/** A certificate of PEM; undefined: it is none. */
export function certificateIn(text: string): X509Certificate | undefined {
  if (!text.trim().startsWith('-----BEGIN CERTIFICATE-----')) return undefined
  try {
    return new X509Certificate(text)
  } catch {
    return undefined
  }
}

/** What is wrong with a list of authorities: each is one certificate that may vouch for others. */
export function authorityFlaws(path: (string | number)[], authorities: readonly string[] = []): ApiFlaw[] {
  return authorities.flatMap((text, index): ApiFlaw[] => {
    const at = [...path, index]
    const certificate = certificateIn(text)
    if (certificate === undefined || text.trim().split('-----BEGIN CERTIFICATE-----').length > 2)
      return [{ path: at, problem: 'is not one certificate', fix: 'write each as PEM: -----BEGIN CERTIFICATE-----' }]
    return certificate.ca ? [] : [{ path: at, problem: 'is no certificate of an authority', fix: 'name the one that signed it' }]
  })
}

/** Why a certificate and a private key cannot be used together; undefined: they can. */
export function identityFlaw(
  certificate: string,
  key: string,
): { member: 'certificate' | 'key'; problem: string; fix: string } | undefined {
  const found = certificateIn(certificate)
  if (found === undefined)
    return { member: 'certificate', problem: 'is no certificate', fix: 'write it as PEM: -----BEGIN CERTIFICATE-----' }
  try {
    if (found.checkPrivateKey(createPrivateKey(key))) return undefined
  } catch {
    return { member: 'key', problem: 'is no private key', fix: 'write it as PEM, without a passphrase: -----BEGIN PRIVATE KEY-----' }
  }
  return { member: 'key', problem: 'is not the key of the certificate', fix: 'send both anew' }
}
