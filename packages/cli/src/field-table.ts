import type { RouteOutput, Routes } from '@faregate/contract'
import { table } from './output.ts'

type Change = RouteOutput<Routes['getApiDraft']>['changes'][number]

/** Members in which two definitions differ. */
export function fieldTable(changes: Change[], before = 'in force', after = 'draft'): string {
  const rows = changes.map((change) => [change.field, textOfMember(change.before), textOfMember(change.after)])
  return table(['member', before, after], rows, 'Nothing differs.')
}

function textOfMember(value: unknown): string {
  if (typeof value === 'string' && !value.includes('\n')) return value
  return value === null ? '–' : JSON.stringify(value)
}
