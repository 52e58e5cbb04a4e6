import { createHash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mint, toBase62 } from './key-format.ts'

/** Everything secret that the server needs is derived from one root of 32 bytes or more. */
export interface Secrets {
  /** For the HMAC of keys and tokens. */
  hmac: Buffer
  /** For sealing provider keys. */
  seal: Buffer
  session: Buffer
  /** For the HMAC of access tokens. */
  accessTokens: Buffer
  /** Of the key that signs what upstreams are told of callers. */
  assertions: Buffer
  /** For {@link signingSecretOf}. */
  signing: Buffer
  /** The same on every replica that shares the root. */
  operatorToken: string
  /** Tells whether a database was made with the same root, without telling the root. */
  fingerprint: string
}

/** The root secret cannot be read; the message says where and how to mend it. */
export class SecretUnreadable extends Error {
  override readonly name = 'SecretUnreadable'
}

/** With which a key signs requests: made again whenever it is needed, and kept nowhere. */
export function signingSecretOf(signing: Buffer, key: string): string {
  return mint('signing', toBase62(Buffer.from(hkdfSync('sha256', signing, '', key, 96)), 32))
}

const LEAST_BYTES = 32

/** Derives every secret from the root by HKDF-SHA-256 (RFC 5869), one purpose each. */
export function deriveSecrets(root: Buffer): Secrets {
  const derive = (purpose: string, length = 32): Buffer => Buffer.from(hkdfSync('sha256', root, '', `faregate:${purpose}`, length))
  return {
    hmac: derive('hmac'),
    signing: derive('signing'),
    seal: derive('seal'),
    session: derive('session'),
    accessTokens: derive('access-tokens'),
    assertions: derive('assertions'),
    operatorToken: mint('operator', toBase62(derive('operator-token', 96), 32)),
    fingerprint: createHash('sha256').update(derive('fingerprint')).digest('hex').slice(0, 32),
  }
}

/** The root secret: `FAREGATE_SECRET` where it is set, else `DIR/secrets.json`, made at the first run (mode 0600). */
export function loadRootSecret(directory: string, fromEnvironment: string | undefined): Buffer {
  if (fromEnvironment !== undefined && fromEnvironment !== '') return decodeRoot(fromEnvironment, 'FAREGATE_SECRET')
  const file = join(directory, 'secrets.json')
  return readRoot(file) ?? makeRoot(directory, file)
}

function readRoot(file: string): Buffer | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new SecretUnreadable(`${file} cannot be read: ${String(error)}`)
  }
  return decodeRoot(rootMember(text) ?? '', file)
}

function rootMember(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && 'root' in value && typeof value.root === 'string') return value.root
  } catch {
    return undefined
  }
  return undefined
}

/** Written aside and linked into place: two processes that start at once end up with the same secret. */
function makeRoot(directory: string, file: string): Buffer {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const draft = `${file}.${randomBytes(8).toString('hex')}`
  const note = 'Root of every secret of this installation. Back it up apart from the database; whoever has both can open the provider keys.'
  writeFileSync(draft, `${JSON.stringify({ note, root: randomBytes(LEAST_BYTES).toString('base64') }, null, 2)}\n`, {
    mode: 0o600,
    flush: true,
  })
  try {
    linkSync(draft, file)
    syncDirectory(directory)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    rmSync(draft)
  }
  const root = readRoot(file)
  if (root === undefined) throw new SecretUnreadable(`${file} could not be written`)
  return root
}

/** The name of the secret outlives a power cut as surely as the rows that are sealed with it. */
function syncDirectory(directory: string): void {
  // Windows neither opens a directory as a file nor needs this.
  if (process.platform === 'win32') return
  const handle = openSync(directory, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

const HEX = /^(?:[0-9a-f]{2}){32,}$/i
const BASE64 = /^[0-9a-z+/_-]+={0,2}$/i

function decodeRoot(text: string, place: string): Buffer {
  const written = text.trim()
  // Node decodes what is not base64 by leaving it out: a sentence would pass for a secret.
  const root = HEX.test(written) ? Buffer.from(written, 'hex') : Buffer.from(BASE64.test(written) ? written : '', 'base64')
  if (root.length < LEAST_BYTES) {
    throw new SecretUnreadable(
      `${place} holds no root secret: it takes at least ${LEAST_BYTES} random bytes as base64 or hex, for example from "openssl rand -base64 32"`,
    )
  }
  return root
}

/** Writes the operator's token to `DIR/operator-token` (mode 0600) and says where. */
export function writeOperatorToken(directory: string, token: string): string {
  const file = join(directory, 'operator-token')
  rmSync(file, { force: true })
  writeFileSync(file, `${token}\n`, { mode: 0o600 })
  return file
}

/** Compares two secrets in time that depends on neither. */
export function constantTimeEqual(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
