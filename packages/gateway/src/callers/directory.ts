import { isDenial, shellWord, type Denial } from '@faregate/core'
import type { KeyEntry, VerifiedKeys } from '@faregate/identity'
import { keyUnchecked } from '../identify.ts'
import type { Checked } from './caller.ts'

/** Finds keys by what is no key: remembered for as long as a configuration version lasts. Rejects where the database does not answer. */
export type CallerDirectory = Pick<VerifiedKeys, 'find'>

/** How {@link CallerDirectory} is asked for a key by its id. */
export function byId(id: string): string {
  return JSON.stringify({ id })
}

/** The same for the key that stands for somebody. */
function bySubject(issuer: string, subject: string): string {
  return JSON.stringify({ issuer, subject })
}

/** The key behind a reference; undefined: there is none. */
export async function keyBehind(directory: CallerDirectory, reference: string): Promise<KeyEntry | undefined | Denial> {
  try {
    return await directory.find(reference)
  } catch (error) {
    return keyUnchecked(error)
  }
}

/** The key that a definition names, for calls to be served as. */
export async function namedKey(directory: CallerDirectory, api: string, id: string): Promise<KeyEntry | Denial> {
  const found = await keyBehind(directory, byId(id))
  if (found !== undefined) return found
  return {
    code: 'gateway_misconfigured',
    detail: `The API "${api}" is not configured properly.`,
    operatorDetail: `API ${api}: there is no key "${id}" to serve its callers as`,
    scope: { level: 'api', id: api },
    fixes: [{ kind: 'configure', action: 'mend_api', by: 'operator', canYou: false }],
  }
}

/** Who vouches for callers of an API, and as which key those are served for whom none stands. */
export interface Vouching {
  api: string
  issuer: string
  as: string | undefined
}

/** The key that stands for somebody whom an issuer vouches for. */
export async function vouchedCaller(directory: CallerDirectory, { api, issuer, as }: Vouching, subject: string): Promise<Checked> {
  const own = await keyBehind(directory, bySubject(issuer, subject))
  if (isDenial(own)) return own
  if (own !== undefined) return { key: own, subject }
  if (as === undefined) return callerUnknown(issuer, subject)
  const shared = await namedKey(directory, api, as)
  return isDenial(shared) ? shared : { key: shared, subject }
}

function callerUnknown(issuer: string, subject: string): Denial {
  return {
    code: 'caller_unknown',
    detail: `"${issuer}" vouches for "${subject}", and no key here stands for that name.`,
    fixes: [
      {
        kind: 'change_policy',
        action: 'set_identity',
        by: 'operator',
        canYou: false,
        command: `faregate key update KEY --issuer ${shellWord(issuer)} --subject ${shellWord(subject)}`,
      },
    ],
  }
}
