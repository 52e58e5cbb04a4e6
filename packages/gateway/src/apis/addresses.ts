import type { HttpApi, Denial } from '@faregate/core'
import { inRanges, plainAddress } from '@faregate/identity'

/** Whether an API may be called from there: what is denied is so whatever is allowed, and what cannot be read could be. The lists themselves are the publisher's. */
export function addressRefused({ name, addresses }: HttpApi, address: string): Denial | undefined {
  if (addresses === undefined) return undefined
  const { allow, deny } = addresses
  const denied = deny !== undefined && (plainAddress(address) === undefined || inRanges(deny, address))
  if (!denied && (allow === undefined || inRanges(allow, address))) return undefined
  return {
    code: 'permission_denied',
    detail: `The API "${name}" may not be called from ${address}.`,
    scope: { level: 'api', id: name },
    required: [`address:${address}`],
    granted: [],
    fixes: [{ kind: 'change_policy', action: 'allow_address_of_api', by: 'operator', canYou: false }],
  }
}
