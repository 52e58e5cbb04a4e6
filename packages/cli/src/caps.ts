import type { Options } from './command.ts'
import { capOf } from './parse.ts'

type Cap = ReturnType<typeof capOf>

/** A cap as people read it: `5.00/month`. */
export function capText(cap: Cap | null): string | null {
  return cap === null ? null : `${cap.amount}/${cap.period}`
}

/** What `--cap` or `--no-cap`, whichever came last, asks for, under the name of the member that it changes. @throws UsageError */
export function capChange<Name extends string>(options: Options, name: Name, flag = '--cap'): { [Member in Name]?: Cap | null } {
  const text = options.text(name)
  const change: { [Member in Name]?: Cap | null } = {}
  if (text !== undefined) change[name] = capOf(text, flag)
  if (options.isOff(name)) change[name] = null
  return change
}
