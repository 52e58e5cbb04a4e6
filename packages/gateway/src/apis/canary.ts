import { isDenial, type ApiCanary } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import type { GatewayDeps } from '../deps.ts'
import type { Inbound } from '../edge.ts'
import { headerOf, identify } from '../identify.ts'
import type { Scheme } from '../callers/caller.ts'
import { keyBehind } from '../callers/identify-caller.ts'

/** What is published, with what is tried beside it. */
interface Tried<Of> {
  entry: { name: string }
  canary?: ApiCanary<Of> | undefined
}

/** The release that a call names in its header, before anybody knows whose call it is; else the one in force. */
export function namedRelease<Of extends Tried<Of>>(inForce: Of, inbound: Pick<Inbound, 'headers'>): Of {
  const { canary } = inForce
  if (canary?.header === undefined) return inForce
  const { name, value } = canary.header
  return headerOf(inbound, name) === value ? canary.entry : inForce
}

/** The release that a key gets. `named`: what its call names, which goes before. */
export function releaseOfKey<Of extends Tried<Of> & { entry: { release?: number | undefined } }>(
  inForce: Of,
  named: Of,
  { capKey }: Pick<KeyEntry, 'capKey'>,
): Of {
  const { canary } = inForce
  if (named !== inForce || canary?.percent === undefined) return named
  const { name, release } = canary.entry.entry
  return placeOf(`${name} ${release ?? 0} ${capKey}`) * 100 < canary.percent ? canary.entry : inForce
}

/** The same for what has to be known before a call is read. Refuses nothing, and uses no credential up. */
export async function releaseFor<
  Of extends Tried<Of> & { entry: { release?: number | undefined }; schemes: readonly Scheme[] | undefined },
>(deps: Pick<GatewayDeps, 'keys' | 'clock'>, inForce: Of, inbound: Inbound): Promise<Of> {
  const named = namedRelease(inForce, inbound)
  if (named !== inForce || inForce.canary?.percent === undefined) return named
  const { schemes } = inForce
  const key = schemes === undefined ? await identify(deps, inbound) : await keyBehind(inbound, deps.clock.now(), schemes)
  return key === undefined || isDenial(key) ? inForce : releaseOfKey(inForce, named, key)
}

/**
 * Where a text falls between 0 and 1: always at the same place, and texts that differ in a letter far from each other. FNV-1a, with
 * the last step of MurmurHash3, because keys that were made one after the other begin alike.
 */
export function placeOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000
}
