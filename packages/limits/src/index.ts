export { Limiter, type Admission, type LimiterState } from './limiter.ts'
export type { Demand, SharedCounters } from './port.ts'
export type { Standing } from './standing.ts'
