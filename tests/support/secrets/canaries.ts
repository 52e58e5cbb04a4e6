/** What must not be found: a provider's key, what was made for a caller and shown once, a token, the root secret, or the text of a body. */
export type CanaryKind =
  | 'provider key'
  | 'API key'
  | 'management token'
  | 'voucher code'
  | 'webhook secret'
  | 'operator token'
  | 'root secret'
  | 'body'

export interface Canary {
  kind: CanaryKind
  text: string
}

/** Shorter texts occur by accident. */
const SHORTEST = 12
/** Of a text only so much is searched for: what gets out of it somewhere is often cut off. */
const SEARCHED = 40

/** Everything secret that this process has seen so far. */
const known = new Map<string, Canary>()
const counts = new Map<CanaryKind, number>()

/** Remembers a secret, for every search that follows. Texts too short or too plain to be told from others are left out. */
export function remember(kind: CanaryKind, text: string): void {
  const searched = text.slice(0, SEARCHED)
  if (searched.length < SHORTEST || new Set(searched).size < 8 || known.has(searched)) return
  known.set(searched, { kind, text: searched })
  counts.set(kind, (counts.get(kind) ?? 0) + 1)
}

export function rememberedCanaries(kinds?: readonly CanaryKind[]): Canary[] {
  return [...known.values()].filter(({ kind }) => kinds === undefined || kinds.includes(kind))
}

/** How many there are of these kinds. */
export function canaryCount(kinds: readonly CanaryKind[]): number {
  return kinds.reduce((sum, kind) => sum + (counts.get(kind) ?? 0), 0)
}

/** Remembers the texts of a request's messages. */
export function rememberBody(body: unknown): void {
  if (typeof body === 'string' || Buffer.isBuffer(body)) return rememberBody(parsed(body))
  if (typeof body !== 'object' || body === null || !('messages' in body)) return
  rememberTexts(body.messages)
}

function rememberTexts(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const [name, member] of Object.entries(value)) {
    if (typeof member === 'string' && (name === 'content' || name === 'text')) remember('body', member)
    else rememberTexts(member)
  }
}

function parsed(body: string | Buffer): unknown {
  if (body.length > 1_000_000) return undefined
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}

const SECRET_MEMBERS = new Set(['apiKey', 'key', 'secretKey', 'webhookSecret'])

/** Remembers every key in a configuration, whatever its shape. */
export function rememberConfiguration(value: unknown): void {
  if (typeof value === 'string') {
    for (const [, key] of value.matchAll(/(?:apiKey|key|secretKey|webhookSecret):\s*["']?([^\s"',}$]+)/g))
      if (key !== undefined) remember('provider key', key)
    return
  }
  if (typeof value !== 'object' || value === null) return
  for (const [name, member] of Object.entries(value)) {
    if (typeof member === 'string' && (SECRET_MEMBERS.has(name) || isHeaderSecret(name, value))) remember('provider key', member)
    else if (typeof member === 'object') rememberConfiguration(member)
  }
}

/** The secret that a published API sends to its upstream: `{ name, value }`, `{ user, secret }`, or that of a client. */
function isHeaderSecret(name: string, header: object): boolean {
  if (name === 'clientSecret') return true
  const beside = name === 'value' ? 'name' : name === 'secret' ? 'user' : undefined
  return beside !== undefined && beside in header && Object.keys(header).length === 2
}
