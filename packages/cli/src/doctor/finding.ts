import type { Rig } from './rig.ts'

/** One thing that was examined. */
export interface Finding {
  check: string
  result: 'ok' | 'warning' | 'failed'
  detail: string
  /** Where it is defined: `faregate.yaml:7`, a variable, `database`. */
  place?: string
  fix?: string
}

/** Examines one thing of a running gateway through its own surface. */
export type Check = (rig: Rig) => Promise<Finding[]>
