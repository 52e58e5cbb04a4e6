import type { Denial } from '@faregate/core'
import { callersPlace, decodedEmbedding, encodeForUpstream, isLabel } from '@faregate/wire'
import { requestInvalid } from '../request-invalid.ts'
import { withoutLoss, type Written } from './cannot-carry.ts'
import type { Translation } from './line.ts'
import type { Choice } from './order.ts'
import type { Calling } from './prepare.ts'

/** A request for vectors in the words of another vendor. */
export function translatedEmbedding(
  { request, drop }: Calling,
  { upstream }: Extract<Translation, { kind: 'embedding' }>,
  { candidate }: Choice,
): Written | Denial {
  const decoded = decodedEmbedding(request)
  if (!decoded.ok) return requestInvalid(decoded.pointer, decoded.message)
  const encoded = encodeForUpstream(decoded.embedding, upstream, candidate.deployment.model)
  if ('ok' in encoded) return requestInvalid(encoded.pointer, encoded.message)
  const { dialect } = request
  const lost = encoded.unsupported.filter((one) => !isLabel(one, { dialect }))
  const dropped = lost.map((one) => ({ ...one, at: callersPlace(one.at, dialect) }))
  return withoutLoss({ body: encoded.body, dropped }, drop, candidate.provider.name)
}
