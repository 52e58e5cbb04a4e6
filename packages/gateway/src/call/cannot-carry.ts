import type { Denial } from '@faregate/core'
import type { Unsupported } from '@faregate/wire'
import { requestInvalid } from '../request-invalid.ts'

/** What is sent, and what of the caller's request is not in it. */
export interface Written {
  body: Buffer
  dropped: Unsupported[]
}

/** What cannot be carried is refused by name, or left out where the caller said so. */
export function withoutLoss(written: Written, drop: boolean, provider: string): Written | Denial {
  return written.dropped.length === 0 || drop ? written : cannotCarry(written.dropped, provider)
}

function cannotCarry(dropped: Unsupported[], provider: string): Denial {
  const [first] = dropped
  const said = dropped.map(({ at, what, why }) => `${what} (${at})${why === undefined ? '' : `: ${why}`}`).join('; ')
  return {
    ...requestInvalid(first?.at ?? '', `What serves this model cannot take ${said}. Leave it out, or send "Faregate-Unsupported: drop".`),
    unsupported: dropped.map(({ at, what }) => ({ pointer: at, what })),
    operatorDetail: `${provider} speaks another dialect than the caller`,
  }
}
