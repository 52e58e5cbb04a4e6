import type { ApiDefinition, Millis } from '@faregate/core'

/** A published API as it is kept: the secret header is sealed under {@link apiSealName}. */
export interface ApiRow extends ApiDefinition {
  name: string
  upstream: { baseUrl: string; header?: { name: string; sealed: string; lastFour: string } | undefined }
  createdAt: Millis
}
