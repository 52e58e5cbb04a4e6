/** In milliseconds. */
export interface Latencies {
  p50Ms: number
  p99Ms: number
}

export function latenciesOf(milliseconds: number[]): Latencies {
  const sorted = Float64Array.from(milliseconds).toSorted()
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return { p50Ms: at(0.5), p99Ms: at(0.99) }
}

export function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`
}
