import { createHmac, timingSafeEqual } from 'node:crypto'
import { DEFAULT_SIGNATURE_WINDOW_SECONDS, isDenial, type Denial, type Millis } from '@faregate/core'
import { hasBody } from '../apis/forward.ts'
import type { Inbound } from '../edge.ts'
import { headerOf, keyUnchecked } from '../identify.ts'
import { badCredential } from './bad-credential.ts'
import type { Checked, Scheme } from './caller.ts'
import { byId, keyBehind, type CallerDirectory } from './directory.ts'
import { readSignature, signatureBase, type SignatureInput } from './signature-base.ts'
import { SignedBody } from './signed-body.ts'

export interface SignatureDeps {
  callers: CallerDirectory
  /** With which a key signs, by its id. */
  signingSecret: (key: string) => string
  /** Notes that a nonce was used, for so long as the signature would be taken; false: it was before. */
  nonces: { use(key: string, nonce: string, until: Millis): Promise<boolean> }
}

/** Requests that are signed (RFC 9421) with the secret of a key, each good for once. */
export function signatureScheme(deps: SignatureDeps, realm: string, { windowSeconds }: { windowSeconds?: number | undefined }): Scheme {
  const windowMs = (windowSeconds ?? DEFAULT_SIGNATURE_WINDOW_SECONDS) * 1_000
  const check = (inbound: Inbound, now: Millis, nonces: SignatureDeps['nonces'] | undefined) => {
    const input = headerOf(inbound, 'signature-input')
    if (input === undefined) return undefined
    const read = readSignature(input, headerOf(inbound, 'signature') ?? '')
    if (read === undefined) return wrong('"Signature-Input" and "Signature" do not hold one signature as RFC 9421 writes it.')
    return checkSignature({ ...deps, nonces }, inbound, read, { now, windowMs })
  }
  return {
    name: 'signature',
    told: 'a signature of the request as "Signature-Input" and "Signature" (RFC 9421, hmac-sha256)',
    challenge: `Signature realm="${realm}"`,
    check: (inbound, now) => check(inbound, now, deps.nonces),
    look: (inbound, now) => check(inbound, now, undefined),
  }
}

/** Without `nonces` none is used up. */
type LookingDeps = Omit<SignatureDeps, 'nonces'> & { nonces: SignatureDeps['nonces'] | undefined }

async function checkSignature(deps: LookingDeps, inbound: Inbound, read: SignatureInput, time: Time): Promise<Checked> {
  const body = signedBody(inbound, read.covered)
  const flaw = uncovered(read) ?? (isDenial(body) ? body : undefined)
  if (flaw !== undefined) return flaw
  const id = read.parameters.get('keyid') ?? ''
  const key = await keyBehind(deps.callers, byId(id))
  if (key === undefined) return wrong('There is no key with the id that "keyid" names.')
  if (isDenial(key)) return key
  const base = signatureBase(inbound, read)
  if ('missing' in base) return wrong(`It covers "${base.missing}", which the request does not have, or which is not known here.`)
  const expected = createHmac('sha256', deps.signingSecret(key.id)).update(base.base).digest()
  if (read.signature.length !== expected.length || !timingSafeEqual(read.signature, expected))
    return wrong('It is not what the signing secret of the key makes of this request.')
  const refused = untimely(read, time) ?? (await used(deps, key.id, read, time))
  return { key, subject: null, body: isDenial(body) ? undefined : body, refused }
}

interface Time {
  now: Millis
  windowMs: number
}

/** What of a request has to be signed, so that nothing that decides about it can be changed on the way. */
function uncovered({ covered, parameters }: SignatureInput): Denial | undefined {
  const target = covered.includes('@request-target') || (covered.includes('@path') && covered.includes('@query'))
  if (!covered.includes('@method') || !target) return wrong('It has to cover "@method", "@path" and "@query".')
  const lacking = ['created', 'keyid', 'nonce'].find((name) => (parameters.get(name) ?? '') === '')
  if (lacking !== undefined) return wrong(`It has no parameter "${lacking}".`)
  if (!/^\d+$/.test(parameters.get('created') ?? '')) return wrong('"created" is no time in seconds.')
  const algorithm = parameters.get('alg')
  return algorithm === undefined || algorithm === 'hmac-sha256' ? undefined : wrong('The algorithm that is taken is "hmac-sha256".')
}

function signedBody(inbound: Inbound, covered: string[]): SignedBody | Denial | undefined {
  if (!hasBody(inbound)) return undefined
  if (!covered.includes('content-digest')) return wrong('The request has a body: the signature has to cover "content-digest" (RFC 9530).')
  return SignedBody.read(headerOf(inbound, 'content-digest') ?? '') ?? wrong('"Content-Digest" has neither sha-256 nor sha-512.')
}

function untimely({ parameters }: SignatureInput, { now, windowMs }: Time): Denial | undefined {
  const created = Number(parameters.get('created')) * 1_000
  const expires = parameters.get('expires')
  if (Math.abs(now - created) <= windowMs && (expires === undefined || now <= Number(expires) * 1_000)) return undefined
  return {
    code: 'signature_expired',
    detail:
      `The request was signed at ${timeText(created)}, and it is ${new Date(now).toISOString()} here: ` +
      `a signature is taken for ${windowMs / 1_000} seconds, or until it says itself.`,
    fixes: [{ kind: 'authenticate', action: 'sign_again', by: 'caller', canYou: true }],
  }
}

function timeText(milliseconds: number): string {
  const time = new Date(milliseconds)
  return Number.isNaN(time.getTime()) ? 'a time that is none' : time.toISOString()
}

/** A nonce that could be used again after it is forgotten belongs to a signature that is too old by then. */
async function used({ nonces }: LookingDeps, key: string, { parameters }: SignatureInput, { windowMs }: Time): Promise<Denial | undefined> {
  const until = Number(parameters.get('created')) * 1_000 + windowMs
  try {
    if (nonces === undefined || (await nonces.use(key, parameters.get('nonce') ?? '', until))) return undefined
  } catch (error) {
    return keyUnchecked(error)
  }
  return {
    code: 'signature_replayed',
    detail: 'A request with the nonce of this signature was taken before: each signature is good for one request.',
    fixes: [{ kind: 'authenticate', action: 'sign_again', by: 'caller', canYou: true }],
  }
}

function wrong(hint: string): Denial {
  return badCredential('The signature', hint)
}
