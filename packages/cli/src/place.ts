/** Where something was defined, as people read it: `faregate.yaml:7`, `OPENAI_API_KEY`, `database`. */
export function placeOf(managedBy: {
  source: string
  file?: string | undefined
  line?: number | undefined
  variable?: string | undefined
}): string {
  if (managedBy.file !== undefined) return managedBy.line === undefined ? managedBy.file : `${managedBy.file}:${managedBy.line}`
  return managedBy.variable ?? managedBy.source
}
