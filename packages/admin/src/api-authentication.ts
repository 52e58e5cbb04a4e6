import { apiSealName } from '@faregate/core'
import { sealedSecret } from './api-secret.ts'
import type { Call } from './call.ts'
import type { SealedAuthentication } from './configuration-rows.ts'
import type { AdminDeps } from './deps.ts'

type Sent = Call<'updateApi'>['body']['authentication']

/** The ways of callers as they are sent: undefined, as they were; null, none is named. A secret that is not sent stays. */
export function changedAuthentication(
  deps: AdminDeps,
  api: string,
  before: SealedAuthentication | undefined,
  sent: Sent,
): SealedAuthentication | null | undefined {
  if (sent?.introspection === undefined) return sent as SealedAuthentication | null | undefined
  const { clientSecret, ...terms } = sent.introspection
  const pointer = '/authentication/introspection/clientSecret'
  const secret = sealedSecret(deps, apiSealName(api, 'introspection'), pointer, clientSecret, before?.introspection)
  return { ...sent, introspection: { ...terms, ...secret } }
}
