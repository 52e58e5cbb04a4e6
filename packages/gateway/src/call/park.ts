import type { Denial } from '@faregate/core'
import type { GatewayDeps } from '../deps.ts'
import type { Candidate } from '../locate.ts'
import { isProviderCode, type Failure } from './failure.ts'
import { deploymentName, keyModelName, keyName, namesOf, type Choice } from './order.ts'
import type { ParkedFor, Parking } from './parking.ts'

/** How long what failed is parked for the first time, unless the upstream said how long: a key that is refused is not mended in seconds. */
const GUESS_MS = { deployment: 10_000, key: 60_000 }

/**
 * The key after `rotate` (for this model alone, where it is a limit of rate), the deployment after `fallback`; an upstream
 * that refuses the request itself works, and one that closed a kept connection may.
 */
export function park(deps: GatewayDeps, parking: Parking, choice: Choice, { action, denial, retryAfterMs }: Failure): void {
  if (action === 'surface' || action === 'again') return namesOf(choice).forEach((name) => parking.release(name))
  if (action === 'rotate' && choice.key !== undefined) return parkKey(deps, parking, choice, denial, retryAfterMs)
  parkDeployment(deps, parking, choice.candidate, denial, retryAfterMs)
}

export function parkKey(deps: GatewayDeps, parking: Parking, { candidate, key }: Choice, denial: Denial, statedMs?: number): void {
  if (key === undefined) return parkDeployment(deps, parking, candidate, denial, statedMs)
  const name = denial.code === 'provider_rate_limited' ? keyModelName(candidate, key) : keyName(candidate, key)
  parking.park(name, deps.clock.now(), { ...parkedFor(denial, statedMs), guessMs: GUESS_MS.key })
  warn(deps, candidate, denial, key.id)
}

/** Calls others for a while: it failed before an answer, or broke off in the middle of one. */
export function parkDeployment(deps: GatewayDeps, parking: Parking, candidate: Candidate, denial: Denial, statedMs?: number): void {
  parking.park(deploymentName(candidate), deps.clock.now(), { ...parkedFor(denial, statedMs), guessMs: GUESS_MS.deployment })
  warn(deps, candidate, denial)
}

function parkedFor({ code }: Denial, statedMs: number | undefined): Pick<ParkedFor, 'code' | 'statedMs'> {
  return { code: isProviderCode(code) ? code : 'provider_error', ...(statedMs === undefined ? {} : { statedMs }) }
}

function warn(deps: GatewayDeps, { provider, deployment }: Candidate, { operatorDetail }: Denial, key?: string): void {
  deps.log.warn({ provider: provider.name, model: deployment.model, key, cause: operatorDetail }, 'an upstream failed')
}
