/** How fast the upstream sends a stream; the prompt carries it through whatever stands between. */
export interface Pace {
  perSecond: number
  events: number
}

/** A prompt that asks for this pace. */
export function promptFor(pace: Pace | 'flood'): string {
  return pace === 'flood' ? 'pace: flood' : `pace: ${pace.perSecond} events a second, ${pace.events} events`
}

/** The pace that a request asks for; undefined: 100 events at once. */
export function readPace(request: Buffer): Pace | 'flood' | undefined {
  const at = request.indexOf('pace: ')
  if (at < 0) return undefined
  const numbers = /^pace: (\d+) events a second, (\d+) events/.exec(request.toString('latin1', at, at + 80))
  return numbers === null ? 'flood' : { perSecond: Number(numbers[1]), events: Number(numbers[2]) }
}
