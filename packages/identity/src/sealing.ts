import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

/** Seals secrets for the database, and opens them again. */
export interface Sealer {
  /** Seals a text; `name` is what it belongs to, and it opens under that name only. */
  seal(plain: string, name: string): string
  /** Throws {@link Unsealable} where the key, the name or the sealed text is not the one that was used. */
  unseal(sealed: string, name: string): string
  /** Wraps the data key anew under this sealer's own key; what is sealed stays as it is. */
  rewrap(sealed: string, name: string): string
}

/** A sealed text that cannot be opened; the message never holds any of it. */
export class Unsealable extends Error {
  override readonly name = 'Unsealable'
}

const VERSION = 'v1'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * Envelope encryption with AES-256-GCM: each text under a data key of its own, which is wrapped by the sealing key.
 * `v1.<key id>.<wrapped data key>.<text>`, base64url. Retired keys still open what they sealed, so that keys rotate.
 */
export function createSealer(key: Buffer, retired: Buffer[] = []): Sealer {
  const keys = new Map([key, ...retired].map((each) => [idOf(each), each]))
  const current = idOf(key)
  const open = (sealed: string, name: string): { dataKey: Buffer; text: Buffer } => {
    const [version, id = '', wrapped = '', text = ''] = sealed.split('.')
    const wrapping = keys.get(id)
    if (version !== VERSION || wrapping === undefined) throw new Unsealable('sealed with a key that this installation does not have')
    return { dataKey: decrypt(wrapping, Buffer.from(wrapped, 'base64url'), `key:${name}`), text: Buffer.from(text, 'base64url') }
  }
  const join = (dataKey: Buffer, text: Buffer, name: string): string =>
    [VERSION, current, encrypt(key, dataKey, `key:${name}`).toString('base64url'), text.toString('base64url')].join('.')
  return {
    seal: (plain, name) => {
      const dataKey = randomBytes(32)
      return join(dataKey, encrypt(dataKey, Buffer.from(plain), name), name)
    },
    unseal: (sealed, name) => {
      const { dataKey, text } = open(sealed, name)
      return decrypt(dataKey, text, name).toString()
    },
    rewrap: (sealed, name) => {
      const { dataKey, text } = open(sealed, name)
      return join(dataKey, text, name)
    },
  }
}

function idOf(key: Buffer): string {
  return createHash('sha256').update('faregate:key-id').update(key).digest('hex').slice(0, 8)
}

function encrypt(key: Buffer, plain: Buffer, name: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name))
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

function decrypt(key: Buffer, sealed: Buffer, name: string): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES }).setAAD(
      Buffer.from(name),
    )
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
  } catch {
    throw new Unsealable('sealed for something else, or damaged')
  }
}
