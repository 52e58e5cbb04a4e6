import type { SealedSecret } from './configuration-rows.ts'
import type { AdminDeps } from './deps.ts'
import { lastFourOf } from './present/configuration.ts'
import { invalid } from './refusal.ts'

/** A secret of an API, sealed under its name as it comes; without one, what is `known` stays. `pointer`: where it is sent. */
export function sealedSecret(
  deps: Pick<AdminDeps, 'seal'>,
  name: string,
  pointer: string,
  secret: string | undefined,
  known: SealedSecret | undefined,
): SealedSecret {
  if (secret !== undefined) return { sealed: deps.seal(secret, name), lastFour: lastFourOf(secret) }
  if (known === undefined) return invalid(pointer, 'is missing: there is no secret yet')
  return { sealed: known.sealed, lastFour: known.lastFour }
}
