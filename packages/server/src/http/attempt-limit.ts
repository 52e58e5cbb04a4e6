import { isIPv6 } from 'node:net'
import { Recent, type Millis } from '@faregate/core'
import { plainAddress } from '@faregate/identity'

/** So many wrong attempts in {@link WINDOW_MS} are looked at. */
export const MOST_ATTEMPTS = 30
const WINDOW_MS = 60_000
const MOST_ADDRESSES = 10_000

interface Window {
  from: Millis
  wrong: number
}

/**
 * How often an address may be wrong, in bounded memory. An attempt counts as wrong from its beginning, so that many at once are
 * not more than many in a row; one that was right is taken back.
 */
export class AttemptLimit {
  readonly #windows = new Recent<Window>(MOST_ADDRESSES)

  /** Seconds until another attempt is looked at; undefined: this one is. */
  begin(address: string, now: Millis): number | undefined {
    const name = neighbourhood(address)
    const known = this.#windows.get(name)
    const window = known !== undefined && now < known.from + WINDOW_MS ? known : { from: now, wrong: 0 }
    if (window.wrong >= MOST_ATTEMPTS) return Math.ceil((window.from + WINDOW_MS - now) / 1_000)
    window.wrong += 1
    if (window !== known) this.#windows.set(name, window)
    return undefined
  }

  /** The attempt was right. */
  right(address: string): void {
    const window = this.#windows.get(neighbourhood(address))
    if (window !== undefined && window.wrong > 0) window.wrong -= 1
  }
}

/** Whoever has one address of IPv6 has all of its network: the first half of it. */
function neighbourhood(address: string): string {
  const plain = plainAddress(address) ?? address
  if (!isIPv6(plain)) return plain
  const [head = '', tail] = plain.split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  const whole = tail === undefined ? front : [...front, ...Array.from({ length: 8 - front.length - back.length }, () => '0'), ...back]
  return whole
    .slice(0, 4)
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(':')
}
