import { generateKeyPairSync, randomUUID, sign, type JsonWebKey, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

const ALGORITHMS = { RS256: ['sha256', 'rsa'], EdDSA: [null, 'ed25519'] } as const

/** A key pair of an issuer. */
export interface SigningKey {
  kid: string
  alg: keyof typeof ALGORITHMS
  privateKey: KeyObject
  publicKey: KeyObject
}

export function signingKey(alg: SigningKey['alg'] = 'EdDSA'): SigningKey {
  const pair = alg === 'RS256' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519')
  return { kid: randomUUID(), alg, ...pair }
}

export const pemOf = ({ publicKey }: SigningKey): string => publicKey.export({ type: 'spki', format: 'pem' }).toString()

/** Of the issuer in tests that need one alone. */
export const ISSUER_KEY = signingKey()

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A token with these claims (RFC 7519), written from its text and nothing of the product. */
export function token(key: SigningKey, said: Record<string, unknown>, head: Record<string, unknown> = {}): string {
  const body = `${encoded({ alg: key.alg, kid: key.kid, ...head })}.${encoded(said)}`
  return `${body}.${sign(ALGORITHMS[key.alg][0], Buffer.from(body), key.privateKey).toString('base64url')}`
}

export const ISSUER = 'https://issuer.example'

/** The claims of a sound token, for a minute. */
export function claims(more: Record<string, unknown> = {}): Record<string, unknown> {
  return { iss: ISSUER, aud: 'shop', sub: 'ann', exp: Math.floor(Date.now() / 1_000) + 60, ...more }
}

/** Publishes the keys that it is given. */
export class KeyServer {
  asked = 0
  keys: SigningKey[]
  /** What it answers, instead of keys. */
  failing: number | undefined
  readonly #server: Server = createServer((_request, response) => {
    this.asked += 1
    response.writeHead(this.failing ?? 200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: this.keys.map(jwkOf) }))
  })

  constructor(keys: SigningKey[] = []) {
    this.keys = keys
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }
}

function jwkOf({ publicKey, kid, alg }: SigningKey): JsonWebKey {
  return { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' }
}
