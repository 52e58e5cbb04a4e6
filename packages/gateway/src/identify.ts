import type { Denial, Fix } from '@faregate/core'
import { keyState, readKey, type KeyEntry } from '@faregate/identity'
import type { GatewayDeps } from './deps.ts'
import type { Inbound } from './edge.ts'
import { mayMend } from './mend.ts'

/** A key that exists; whether it may be used now is {@link checkKeyState}'s question. */
export async function identify(deps: Pick<GatewayDeps, 'keys'>, inbound: Inbound): Promise<KeyEntry | Denial> {
  const presented = presentedKey(inbound)
  return presented === undefined ? credentialMissing(inbound) : identifyKey(deps, presented)
}

/** The same of what was sent as a key. */
export async function identifyKey(deps: Pick<GatewayDeps, 'keys'>, presented: string): Promise<KeyEntry | Denial> {
  const remembered = deps.keys.remembered(presented)
  if (remembered !== undefined) return remembered
  const shape = readKey(presented)
  if (!shape.ok) return credentialInvalid(shape.hint)
  let entry: KeyEntry | undefined
  try {
    const found = deps.keys.find(presented)
    entry = found instanceof Promise ? await found : found
  } catch (error) {
    return keyUnchecked(error)
  }
  return entry ?? credentialInvalid('The key has the right shape, but no such key exists here. It may belong to another installation.')
}

/** The database does not answer: that is never a 401. */
export function keyUnchecked(error: unknown): Denial {
  return {
    code: 'ledger_unavailable',
    detail: 'The key cannot be checked, because the database does not answer.',
    operatorDetail: String(error),
  }
}

/** Revoked, expired and disabled keys are told apart: each is mended by someone else. */
export function checkKeyState(entry: KeyEntry, now: number): Denial | undefined {
  const scope = { level: 'key' as const, id: entry.id, key: `…${entry.lastFour}` }
  switch (keyState(entry, now)) {
    case 'active':
      return undefined
    case 'revoked':
      return { code: 'key_revoked', detail: `The key …${entry.lastFour} was revoked.`, scope, fixes: [newKeyFix(entry)] }
    case 'expired':
      return {
        code: 'key_expired',
        detail: `The key …${entry.lastFour} expired at ${new Date(entry.expiresAt ?? now).toISOString()}.`,
        scope,
        fixes: [newKeyFix(entry)],
      }
    case 'disabled': {
      const canYou = mayMend(entry, 'keys:write')
      return {
        code: 'key_disabled',
        detail: `The key …${entry.lastFour} is disabled.`,
        scope,
        fixes: [
          {
            kind: 'change_policy',
            action: 'enable_key',
            by: 'org_admin',
            canYou,
            method: 'PATCH',
            path: `/api/keys/${entry.id}`,
            command: `faregate key enable ${entry.id}`,
          },
        ],
      }
    }
  }
}

/** Another key of the same application: elsewhere it would have another balance. */
function newKeyFix(entry: KeyEntry): Fix {
  const { application, organization } = entry
  return {
    kind: 'authenticate',
    action: 'create_key',
    by: 'key_owner',
    canYou: mayMend(entry, 'keys:write'),
    method: 'POST',
    path: `/api/applications/${application.id}/keys`,
    command: `faregate key create --organization ${organization.id} --application ${application.id}`,
  }
}

/** Google's clients may put the key into the query of their own routes, also below the prefix of published models; nobody else's do. */
const QUERY_KEYED = /\/v1(beta|alpha)\/|:[a-zA-Z]+$/

/** `Authorization: Bearer`, `x-api-key`, `api-key`, `x-goog-api-key`, or `?key=` on Gemini's routes; the first that is there. */
export function presentedKey(inbound: Inbound): string | undefined {
  const authorization = headerOf(inbound, 'authorization')
  if (authorization !== undefined) {
    const match = /^bearer\s+(\S+)\s*$/i.exec(authorization)
    if (match?.[1] !== undefined) return match[1]
  }
  return headerOf(inbound, 'x-api-key') ?? headerOf(inbound, 'api-key') ?? headerOf(inbound, 'x-goog-api-key') ?? queryKey(inbound)
}

function queryKey({ path, query }: Inbound): string | undefined {
  if (query === '' || !QUERY_KEYED.test(path)) return undefined
  return new URLSearchParams(query).get('key') ?? undefined
}

/** The first value of a header; undefined: it is not there, or is empty. */
export function headerOf(inbound: Pick<Inbound, 'headers'>, name: string): string | undefined {
  const value = inbound.headers[name]
  const text = Array.isArray(value) ? value[0] : value
  return text === undefined || text === '' ? undefined : text
}

function credentialMissing(inbound: Inbound): Denial {
  const otherScheme = headerOf(inbound, 'authorization') !== undefined
  return {
    code: 'credential_missing',
    detail: otherScheme
      ? 'The header "Authorization" holds no API key: it takes "Bearer KEY".'
      : 'No API key was sent. Send it as "Authorization: Bearer KEY" or in the header "x-api-key".',
    fixes: [{ kind: 'authenticate', action: 'send_key', by: 'caller', canYou: true }],
  }
}

function credentialInvalid(hint: string): Denial {
  return {
    code: 'credential_invalid',
    detail: `The API key that was sent is not known here. ${hint}`,
    hint,
    fixes: [{ kind: 'authenticate', action: 'send_valid_key', by: 'caller', canYou: true }],
  }
}
