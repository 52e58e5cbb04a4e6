import type { Denial } from '@faregate/core'
import type { KeyEntry, VerifiedKeys } from '@faregate/identity'
import { keyUnchecked } from '../identify.ts'

/** Finds keys by what is no key: remembered for as long as a configuration version lasts. Rejects where the database does not answer. */
export type CallerDirectory = Pick<VerifiedKeys, 'find'>

/** How {@link CallerDirectory} is asked for a key by its id. */
export function byId(id: string): string {
  return JSON.stringify({ id })
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
