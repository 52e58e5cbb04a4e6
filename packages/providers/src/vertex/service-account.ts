import { importPKCS8, SignJWT } from 'jose'

/** What of a service account's key file (JSON) is needed. */
export interface ServiceAccount {
  clientEmail: string
  privateKey: string
  privateKeyId: string | undefined
  projectId: string | undefined
  tokenUri: string
}

const TOKEN_URI = 'https://oauth2.googleapis.com/token'
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform'
/** The longest that Google lets an assertion live. */
const LIFETIME_S = 3600

/**
 * Reads a provider key that is a service account's key file; undefined where it is something else (an access token). Throws
 * where it is a file that cannot be used; the message is for the operator and repeats nothing of the key.
 */
export function serviceAccountOf(secret: string): ServiceAccount | undefined {
  if (!secret.trimStart().startsWith('{')) return undefined
  const file = parsed(secret)
  const text = (name: string): string | undefined => (typeof file[name] === 'string' && file[name] !== '' ? file[name] : undefined)
  const clientEmail = text('client_email')
  const privateKey = text('private_key')
  if (clientEmail === undefined || privateKey === undefined) {
    throw new Error('A key for Vertex AI is the JSON file of a service account, with `client_email` and `private_key`, or an access token.')
  }
  return {
    clientEmail,
    privateKey,
    privateKeyId: text('private_key_id'),
    projectId: text('project_id'),
    tokenUri: checkedUri(text('token_uri') ?? TOKEN_URI),
  }
}

function parsed(secret: string): Record<string, unknown> {
  try {
    return JSON.parse(secret) as Record<string, unknown>
  } catch {
    throw new Error('The key for Vertex AI begins like a JSON file, but is none: it may have been cut off, or its quotes taken away.')
  }
}

/** Whoever answers there gets a proof of who we are: over TLS, or within this machine. */
function checkedUri(uri: string): string {
  const { protocol, hostname } = new URL(uri)
  if (protocol === 'https:' || hostname === '127.0.0.1' || hostname === 'localhost') return uri
  throw new Error('The `token_uri` of the service account is not an https address.')
}

/**
 * The assertion that is exchanged for an access token ("Using OAuth 2.0 for Server to Server Applications", RFC 7523).
 * `now`: milliseconds since 1970.
 */
export async function assertionOf(account: ServiceAccount, now: number): Promise<string> {
  const issuedAt = Math.floor(now / 1000)
  const { privateKeyId } = account
  return new SignJWT({ scope: SCOPE })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(privateKeyId === undefined ? {} : { kid: privateKeyId }) })
    .setIssuer(account.clientEmail)
    .setAudience(account.tokenUri)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + LIFETIME_S)
    .sign(await privateKeyOf(account))
}

async function privateKeyOf({ privateKey }: ServiceAccount): Promise<Awaited<ReturnType<typeof importPKCS8>>> {
  try {
    return await importPKCS8(privateKey, 'RS256')
  } catch {
    throw new Error('The `private_key` of the service account is not a PKCS #8 key in PEM.')
  }
}
