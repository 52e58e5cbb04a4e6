import type { Retirement, RouteRetirement } from '@faregate/core'
import { timeText } from './time.ts'

/** How a route goes; null: it stays. */
export function presentRouteRetirement(retirement: RouteRetirement | undefined) {
  if (retirement === undefined) return null
  const { state, since, sunset = null, successor = null, link = null } = retirement
  return { state, since, sunset, successor, link }
}

/** How an API or a model goes; null: it stays. */
export function presentRetirement({ retirement }: { retirement?: Retirement | undefined }) {
  if (retirement === undefined) return null
  const { state, at, sunset, successor = null, link = null } = retirement
  return { state, at: timeText(at), sunset: sunset === undefined ? null : timeText(sunset), successor, link }
}
