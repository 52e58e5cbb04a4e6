/** How a limit was used. */
export interface Offered {
  offered: number
  admitted: number
  /** Units that nobody was there to take, because the machine had other things to do. None on a quiet one. */
  idle: number
  seconds: number
}

/** A machine that loses more than this did not offer what it was to offer: what was admitted then tells nothing. */
const MOST_IDLE = 10

/** Sums up answers of a limit of 100 a second with a burst, by their times in milliseconds. */
export function summed(answeredAt: number[], admitted: number, from: number, burst: number): Offered {
  const times = answeredAt.toSorted((a, b) => a - b)
  const unitMs = 10
  const idle = times.reduce((sum, at, index) => sum + Math.max(0, (at - (times[index - 1] ?? from)) / unitMs - burst), 0)
  return { offered: times.length, admitted, idle: Math.round(idle), seconds: ((times.at(-1) ?? from) - from) / 1_000 }
}

/** Why too few that were admitted tell nothing of the limit, or undefined. */
export function tooBusy({ offered, idle }: Offered, meant: number): string | undefined {
  if (idle <= MOST_IDLE && offered >= meant * 0.99) return undefined
  return `this machine is too busy to offer that much evenly: ${offered} offered, ${idle} units idle`
}
