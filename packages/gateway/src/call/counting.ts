import type { Denial } from '@faregate/core'
import { requestInvalid } from '../request-invalid.ts'
import type { Written } from './cannot-carry.ts'
import type { Translation } from './line.ts'
import type { Choice } from './order.ts'
import type { Calling } from './prepare.ts'

/** What is to be counted, in the words of another vendor. What it cannot be told is not counted, and costs nobody anything. */
export function translatedCount(
  { decoded, route }: Calling,
  { upstream }: Extract<Translation, { kind: 'count' }>,
  { candidate }: Choice,
): Written | Denial {
  const read = decoded()
  if (!read.ok) return requestInvalid(read.pointer, read.message)
  const { vendor, deployment } = candidate
  const outputLimitMember = route.model.outputLimitMember ?? vendor.outputLimitMember
  const quirks = { outputLimitMember, ...vendor.quirks }
  const { body } = upstream.encodeCounting(read.conversation, { model: deployment.model, outputLimit: undefined, quirks })
  return { body, dropped: [] }
}
