import { createPublicKey, type KeyObject } from 'node:crypto'
import {
  createRemoteJWKSet,
  type CryptoKey,
  customFetch,
  decodeProtectedHeader,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
} from 'jose'

/** Fetches the keys of an issuer. */
export interface IssuerKeys {
  keys(url: string): Promise<{ text: string } | { refused: string }>
}

/** The keys of an issuer could not be had. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable'
}

/** Checks a token, and gives its claims. Rejects with an error of `jose`, or {@link KeysUnavailable}. */
export type VerifyToken = (token: string, options: JWTVerifyOptions) => Promise<JWTPayload>

/** A key that is not known is looked for again after so long: an issuer begins to sign with another one. */
const COOLDOWN_MS = 5_000
/** A key that an issuer took back is taken for no longer. */
const KEPT_MS = 300_000

/** With the keys that an issuer publishes. */
export function publishedKeys(issuers: IssuerKeys, url: string): VerifyToken {
  const keys = createRemoteJWKSet(new URL(url), {
    cooldownDuration: COOLDOWN_MS,
    cacheMaxAge: KEPT_MS,
    [customFetch]: async () => {
      const found = await issuers.keys(url)
      if ('refused' in found) throw new KeysUnavailable(`${url}: ${found.refused}`)
      return new Response(found.text)
    },
  })
  return (token, options) => verified(token, keys, options)
}

/** Several published keys may fit a token that names none. */
async function verified(token: string, keys: JWTVerifyGetKey, options: JWTVerifyOptions): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, keys, options)).payload
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    const fitting: CryptoKey[] = []
    for await (const key of error) fitting.push(key)
    return firstThatFits(fitting, (key) => jwtVerify(token, key, options))
  }
}

/** With keys that are known. */
export function knownKeys(pems: readonly string[]): VerifyToken {
  const keys = pems.map((pem) => createPublicKey(pem))
  return async (token, options) => {
    const { alg = '' } = decodeProtectedHeader(token)
    const fitting = keys.filter((key) => kindOf(key) === KINDS[alg.slice(0, 2)] && (CURVES[alg] ?? curveOf(key)) === curveOf(key))
    if (fitting.length === 0) throw new errors.JOSEAlgNotAllowed(`there is no key for ${alg}`)
    return firstThatFits(fitting, (key) => jwtVerify(token, key, options))
  }
}

/** What kind of key algorithms take, by how their names begin (RFC 7518, RFC 8037). */
const KINDS: Readonly<Record<string, string>> = { RS: 'rsa', PS: 'rsa', ES: 'ec', Ed: 'ed25519' }
const CURVES: Readonly<Record<string, string>> = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' }

const kindOf = (key: KeyObject) => key.asymmetricKeyType
const curveOf = (key: KeyObject) => key.asymmetricKeyDetails?.namedCurve

async function firstThatFits<Key>(keys: Key[], verify: (key: Key) => Promise<{ payload: JWTPayload }>): Promise<JWTPayload> {
  for (const key of keys) {
    try {
      return (await verify(key)).payload
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error
    }
  }
  throw new errors.JWSSignatureVerificationFailed()
}
