import { catalogueEntry, isDenial, type Denial, type Millis } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import type { GatewayDeps } from '../deps.ts'
import type { Inbound } from '../edge.ts'
import type { Flow } from '../flow.ts'
import { checkKeyState } from '../identify.ts'
import type { Scheme } from './caller.ts'
import type { SignedBody } from './signed-body.ts'

/** In which ways callers of an API prove who they are. */
export interface Ways {
  schemes: readonly Scheme[]
  /** Where it can be looked up which tokens are taken. */
  about: () => string
}

/** Those of an API; undefined: with a key, as everywhere. */
export function waysOf(
  { settings }: Pick<GatewayDeps, 'settings'>,
  { schemes, entry }: { schemes: readonly Scheme[] | undefined; entry: { prefix: string } },
): Ways | undefined {
  return schemes && { schemes, about: () => settings.publicUrl() + RESOURCE_METADATA_PATH + entry.prefix }
}

/** Why a credential cannot be used, for a look before the rest of a request is read: nothing is used up by it. */
export async function vouched(inbound: Inbound, now: Millis, { schemes, about }: Ways): Promise<Denial | undefined> {
  for (const scheme of schemes) {
    const found = await (scheme.look ?? scheme.check)(inbound, now)
    if (found === undefined) continue
    const refused = isDenial(found) ? found : (checkKeyState(found.key, now) ?? found.refused)
    return refused && challenged(refused, schemes, about)
  }
  return challenged(nothingSent(schemes), schemes, about)
}

/** The key behind a credential, whatever its state; undefined: there is none. Nothing is used up by the look. */
export async function keyBehind(inbound: Inbound, now: Millis, schemes: readonly Scheme[]): Promise<KeyEntry | undefined> {
  for (const scheme of schemes) {
    const found = await (scheme.look ?? scheme.check)(inbound, now)
    if (found !== undefined) return isDenial(found) ? undefined : found.key
  }
  return undefined
}

/**
 * The key as which a call is served, by the first way of which the request carries something. What it carries is good or
 * refused: it never falls back to another way.
 */
export async function identifyCaller(flow: Flow, { schemes, about }: Ways): Promise<KeyEntry | Denial> {
  flow.step = 'credential'
  for (const scheme of schemes) {
    const found = await scheme.check(flow.inbound, flow.at)
    if (found === undefined) continue
    if (isDenial(found)) return challenged(found, schemes, about)
    const { key, subject, body, refused: own } = found
    flow.key = key
    if (subject !== null) flow.subject = subject
    const refused = checkKeyState(key, flow.at) ?? own
    if (refused !== undefined) return challenged(refused, schemes, about)
    if (body !== undefined) watchBody(flow, body)
    return key
  }
  return challenged(nothingSent(schemes), schemes, about)
}

/** From here on the body is read through what it was signed as. */
function watchBody(flow: Flow, body: SignedBody): void {
  const { inbound } = flow
  const { unread } = inbound
  flow.signedBody = body
  inbound.unread = () => body.checked(unread === undefined ? [inbound.body] : unread())
}

function nothingSent(schemes: readonly Scheme[]): Denial {
  const ways = schemes.flatMap(({ told }) => told ?? [])
  return {
    code: 'credential_missing',
    detail: `No credential was sent that this API takes. Send ${ways.join('; or ')}.`,
    fixes: [{ kind: 'authenticate', action: 'send_credential', by: 'caller', canYou: true }],
  }
}

/** Says with a 401 in which ways callers can prove who they are; one that names its own has more to say. */
function challenged(denial: Denial, schemes: readonly Scheme[], about: () => string): Denial {
  const ways = catalogueEntry(denial.code).status === 401 ? schemes.flatMap(({ challenge }) => challenge ?? []) : []
  const challenges = denial.challenges ?? [...new Set(ways)]
  if (challenges.length === 0) return denial
  if (schemes.every(({ tokens }) => tokens === undefined)) return { ...denial, challenges }
  const metadata = `, resource_metadata="${about()}"`
  return { ...denial, challenges: challenges.map((one) => (one.startsWith('Bearer ') ? one + metadata : one)) }
}

/** Where it is told which tokens an API takes (RFC 9728), before its prefix. */
export const RESOURCE_METADATA_PATH = '/.well-known/oauth-protected-resource'
