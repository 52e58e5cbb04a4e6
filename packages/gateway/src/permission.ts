import type { Denial, KeyScope } from '@faregate/core'
import { inRanges, type KeyEntry } from '@faregate/identity'
import { changeKey } from './change-key.ts'
import type { Use } from './trace/step.ts'

/** Whether this key may be used for this, from where the request comes. */
export function checkUse(key: KeyEntry, { scope, address }: Pick<Use, 'scope' | 'address'>): Denial | undefined {
  return checkScope(key, scope) ?? checkAddress(key, address)
}

/** A key without scopes may be used for everything. */
export function checkScope(key: KeyEntry, scope: KeyScope): Denial | undefined {
  return key.scopes.length > 0 && !key.scopes.includes(scope) ? outOfScope(key, scope) : undefined
}

export function checkAddress(key: KeyEntry, address: string): Denial | undefined {
  return key.addresses !== null && !inRanges(key.addresses, address) ? outOfRange(key, address) : undefined
}

function outOfScope(key: KeyEntry, scope: KeyScope): Denial {
  return {
    ...shared(key),
    detail: `The key …${key.lastFour} is limited to ${key.scopes.join(', ')}; this needs the scope "${scope}".`,
    required: [`scope:${scope}`],
    granted: key.scopes.map((one) => `scope:${one}`),
    fixes: [changeKey(key, 'add_scope', `--scope ${[...key.scopes, scope].join(' --scope ')}`)],
  }
}

function outOfRange(key: KeyEntry, address: string): Denial {
  return {
    ...shared(key),
    detail: `The key …${key.lastFour} may not be used from ${address}.`,
    required: [`address:${address}`],
    granted: (key.addresses ?? []).map((range) => `address:${range}`),
    fixes: [changeKey(key, 'allow_address', `--address ${[...(key.addresses ?? []), address].join(' --address ')}`)],
  }
}

function shared({ id, lastFour }: KeyEntry): Pick<Denial, 'code' | 'scope'> {
  return { code: 'permission_denied', scope: { level: 'key', id, key: `…${lastFour}` } }
}
