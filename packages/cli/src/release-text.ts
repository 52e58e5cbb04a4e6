import { RELEASE_FLAWS, type RouteOutput, type Routes } from '@faregate/contract'
import { UsageError, type Option } from './command.ts'
import { changeTable } from './document.ts'
import { fieldTable } from './field-table.ts'

type Flaw = (typeof RELEASE_FLAWS)[number]

export const OVERRIDE: Option = {
  flags: '--override <code>',
  summary: `publish although the doctor says this; audited: ${RELEASE_FLAWS.join(', ')}`,
  repeatable: true,
}

export function flawOf(text: string): Flaw {
  const known = RELEASE_FLAWS.find((one) => one === text)
  if (known === undefined) throw new UsageError(`--override is "${text}": one of ${RELEASE_FLAWS.join(', ')}`)
  return known
}

/** In what a release differs from the one that it is compared with. */
export function differences({ changes, apiChanges }: Pick<RouteOutput<Routes['getApiRelease']>, 'changes' | 'apiChanges'>): string {
  const documents = apiChanges.length === 0 ? [] : ['', changeTable(apiChanges)]
  return [fieldTable(changes, 'before', 'now'), ...documents].join('\n')
}
