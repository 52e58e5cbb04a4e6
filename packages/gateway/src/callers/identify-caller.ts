import { catalogueEntry, isDenial, type Denial } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import type { Flow } from '../flow.ts'
import { checkKeyState } from '../identify.ts'
import type { Scheme } from './caller.ts'
import type { SignedBody } from './signed-body.ts'

/**
 * The key as which a call is served, by the first way of which the request carries something. What it carries is good or
 * refused: it never falls back to another way.
 */
export async function identifyCaller(flow: Flow, schemes: readonly Scheme[]): Promise<KeyEntry | Denial> {
  flow.step = 'credential'
  for (const scheme of schemes) {
    const found = await scheme.check(flow.inbound, flow.at)
    if (found === undefined) continue
    if (isDenial(found)) return challenged(found, schemes)
    const { key, subject, body, refused: own } = found
    flow.key = key
    if (subject !== null) flow.subject = subject
    const refused = checkKeyState(key, flow.at) ?? own
    if (refused !== undefined) return challenged(refused, schemes)
    if (body !== undefined) watchBody(flow, body)
    return key
  }
  return challenged(nothingSent(schemes), schemes)
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
function challenged(denial: Denial, schemes: readonly Scheme[]): Denial {
  if (catalogueEntry(denial.code).status !== 401 || denial.challenges !== undefined) return denial
  const challenges = [...new Set(schemes.flatMap(({ challenge }) => challenge ?? []))]
  return challenges.length === 0 ? denial : { ...denial, challenges }
}
