import { createHash, createPrivateKey, createPublicKey, sign, type JsonWebKey } from 'node:crypto'

/** What an Ed25519 private key begins with in PKCS #8 (RFC 8410, 7): the seed follows. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Signs tokens that say who calls, and publishes the key that they are checked with. */
export interface Assertions {
  /** The claims as a token (RFC 7519), signed with Ed25519. */
  sign(claims: Record<string, unknown>): string
  /** The public key (RFC 7517). */
  jwk: JsonWebKey & { kid: string; alg: string; use: string }
}

/** The same for every process with the same seed of 32 bytes. */
export function createAssertions(seed: Buffer): Assertions {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' })
  const { kty, crv, x } = createPublicKey(key).export({ format: 'jwk' })
  // Members in this order make the thumbprint (RFC 7638).
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url')
  const head = encoded({ alg: 'EdDSA', kid, typ: 'JWT' })
  return {
    sign(claims) {
      const body = `${head}.${encoded(claims)}`
      return `${body}.${sign(null, Buffer.from(body), key).toString('base64url')}`
    },
    jwk: {
      ...(kty === undefined ? {} : { kty }),
      ...(crv === undefined ? {} : { crv }),
      ...(x === undefined ? {} : { x }),
      kid,
      alg: 'EdDSA',
      use: 'sig',
    },
  }
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
