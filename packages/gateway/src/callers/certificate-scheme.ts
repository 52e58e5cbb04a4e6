import { X509Certificate } from 'node:crypto'
import { Recent, type CertificateName, type CertificateTerms, type Denial, type Millis } from '@faregate/core'
import { badCredential } from './bad-credential.ts'
import type { Checked, Scheme } from './caller.ts'
import { vouchedCaller, type CallerDirectory, type Vouching } from './directory.ts'

const MOST_REMEMBERED = 10_000
/** Authentication of clients, and any use (RFC 5280, 4.2.1.12). */
const CLIENT_USES = ['1.3.6.1.5.5.7.3.2', '2.5.29.37.0']

/** What a certificate says, once it was read and its signature looked at: when it is good is another question with each call. */
interface Read {
  subject: string
  from: Millis
  until: Millis
}

/**
 * Certificates with which connections are made (mutual TLS). An authority vouches for those that it signed itself, and for no
 * others: whoever is signed by one of its own is named in the list. A certificate comes with every call of a connection, wanted or
 * not: what is sent with the call itself goes first.
 */
export function certificateScheme(deps: { callers: CallerDirectory }, api: string, terms: CertificateTerms): Scheme {
  const authorities = terms.ca.map((pem) => new X509Certificate(pem))
  const remembered = new Recent<Read | { wrong: string }>(MOST_REMEMBERED)
  const vouching: Vouching = { api, issuer: terms.issuer, as: terms.as }
  const read = (der: Buffer): Read | { wrong: string } => {
    const text = der.toString('base64')
    const found = remembered.get(text) ?? readCertificate(der, authorities, terms.name ?? 'subject')
    remembered.set(text, found)
    return found
  }
  const check = (der: Buffer, now: Millis): Checked | Promise<Checked> => {
    const found = read(der)
    if ('wrong' in found) return badCertificate(found.wrong)
    return untimely(found, now) ?? vouchedCaller(deps.callers, vouching, found.subject)
  }
  return {
    name: 'mutualTls',
    told: `a certificate of "${terms.issuer}" with which the connection is made (mutual TLS)`,
    challenge: `ClientCertificate realm="${api}"`,
    check(inbound, now) {
      const der = inbound.certificate?.()
      return der === undefined ? undefined : check(der, now)
    },
  }
}

function readCertificate(der: Buffer, authorities: readonly X509Certificate[], name: CertificateName): Read | { wrong: string } {
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(der)
  } catch {
    return { wrong: 'It cannot be read as a certificate (RFC 5280).' }
  }
  if (!authorities.some((one) => certificate.checkIssued(one) && certificate.verify(one.publicKey)))
    return { wrong: 'No authority has signed it whose certificates are taken here.' }
  // Its type calls uses what the certificate does not need to have.
  const uses = certificate.keyUsage as string[] | undefined
  if (uses !== undefined && !uses.some((use) => CLIENT_USES.includes(use)))
    return { wrong: 'It is not meant for clients (extended key usage).' }
  const subject = NAMES[name](certificate)
  if (subject === undefined || subject === '' || subject.length > 500)
    return { wrong: `It has no name of the kind that is looked for: ${name}.` }
  return { subject, from: certificate.validFromDate.getTime(), until: certificate.validToDate.getTime() }
}

const NAMES: Record<CertificateName, (certificate: X509Certificate) => string | undefined> = {
  subject: ({ subject }) => distinguishedName(subject),
  dns: ({ subjectAltName }) => alternativeName(subjectAltName, 'DNS'),
  email: ({ subjectAltName }) => alternativeName(subjectAltName, 'email'),
  uri: ({ subjectAltName }) => alternativeName(subjectAltName, 'URI'),
  thumbprint: ({ fingerprint256 }) => fingerprint256.replaceAll(':', '').toLowerCase(),
}

/** As directories write it, the nearest first (RFC 4514): `CN=ann,O=Shop`. Node writes a line for each part, in the order of the certificate. */
function distinguishedName(lines: string | undefined): string | undefined {
  return lines?.split('\n').toReversed().join(',')
}

/** The first of a kind. What could be read in more than one way is quoted. */
function alternativeName(text: string | undefined, kind: string): string | undefined {
  for (const [, found, value = ''] of (text ?? '').matchAll(/(?:^|, )([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g))
    if (found === kind) return value.startsWith('"') ? (JSON.parse(value) as string) : value
  return undefined
}

function untimely({ from, until }: Read, now: Millis): Denial | undefined {
  if (now < from) return badCertificate(`It is good only from ${new Date(from).toISOString()}.`)
  return now > until ? badCertificate(`It expired at ${new Date(until).toISOString()}.`) : undefined
}

function badCertificate(hint: string): Denial {
  return badCredential('The certificate', hint)
}
