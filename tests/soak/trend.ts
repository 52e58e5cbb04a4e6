/** One measurement: seconds since the start, and what was measured. */
export interface Point {
  at: number
  value: number
}

/** How a value goes on over time. */
export interface Trend {
  /** Slope of the least-squares line, per hour. */
  perHour: number
  /** What the line rises by over the time that was looked at. */
  rise: number
  /** How far the points lie from the line, as a standard deviation. */
  scatter: number
}

/** The last two thirds: what is made once has been made by then. */
export function settledPart(points: readonly Point[]): Point[] {
  const last = points.at(-1)?.at ?? 0
  return points.filter(({ at }) => at >= last / 3)
}

/** The least-squares line through the points; flat where there are fewer than three. */
export function trendOf(points: readonly Point[]): Trend {
  const count = points.length
  if (count < 3) return { perHour: 0, rise: 0, scatter: 0 }
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / count
  const at = mean(points.map((point) => point.at))
  const value = mean(points.map((point) => point.value))
  const spread = points.reduce((sum, point) => sum + (point.at - at) ** 2, 0)
  const slope = spread === 0 ? 0 : points.reduce((sum, point) => sum + (point.at - at) * (point.value - value), 0) / spread
  const squares = points.reduce((sum, point) => sum + (point.value - value - slope * (point.at - at)) ** 2, 0)
  const first = points[0]?.at ?? 0
  return { perHour: slope * 3_600, rise: slope * ((points.at(-1)?.at ?? first) - first), scatter: Math.sqrt(squares / count) }
}
