// The provider that is there when nothing else is connected, with or without the flag.
const BUILT_IN = '--demo'

/** Where something was defined, as people read it: `faregate.yaml:7`, `OPENAI_API_KEY`, `database`. */
export function placeOf(managedBy: {
  source: string
  file?: string | undefined
  line?: number | undefined
  variable?: string | undefined
}): string {
  if (managedBy.file !== undefined) return managedBy.line === undefined ? managedBy.file : `${managedBy.file}:${managedBy.line}`
  if (managedBy.variable === BUILT_IN) return 'built in'
  return managedBy.variable ?? managedBy.source
}
