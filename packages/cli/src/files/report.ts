import { nameOf, textOf, type Change, type Comparison } from './compare.ts'
import { Secret } from './shape.ts'

const SIGNS = { create: '+', change: '~', remove: '-' } as const

/** A comparison as people read it. */
export function comparisonText({ changes, unchanged, extra, leftAlone }: Comparison): string {
  const remarks = [
    ...leftAlone.map((one) => `  left alone: ${one}`),
    ...extra.map(
      ({ kind, known }) => `  not in the folder: ${nameOf(kind, known)}${kind.remove === undefined ? ' (is never removed)' : ''}`,
    ),
  ]
  return [...changes.map(changeText), ...remarks, summary(changes, unchanged)].join('\n')
}

function changeText({ action, kind, wanted, known, fields }: Change): string {
  const subject = wanted ?? known
  const head = `${SIGNS[action]} ${subject === undefined ? '' : nameOf(kind, subject)}`
  if (action === 'remove') return head
  const lines = fields.map(({ field, before, after }) =>
    action === 'create' ? `    ${field}: ${textOf(after)}` : `    ${field}: ${textOf(before)} → ${textOf(after)}`,
  )
  return [head, ...lines].join('\n')
}

function summary(changes: readonly Change[], unchanged: number): string {
  if (changes.length === 0) return `Nothing differs: ${unchanged} as in the folder.`
  const count = (action: Change['action']) => changes.filter((change) => change.action === action).length
  return `${count('create')} to create, ${count('change')} to change, ${count('remove')} to remove, ${unchanged} unchanged.`
}

/** The same for machines. */
export function comparisonJson({ changes, unchanged, extra, leftAlone }: Comparison) {
  return {
    changes: changes.map(({ action, kind, wanted, known, fields }) => {
      const { name, within } = wanted ?? known ?? { name: '', within: undefined }
      const shown = fields.map(({ field, before, after }) => ({ field, before: openOnly(before), after: openOnly(after) }))
      return { action, kind: kind.noun, name, within: within ?? null, fields: shown }
    }),
    unchanged,
    notInFolder: extra.map(({ kind, known: { name, within } }) => ({ kind: kind.noun, name, within: within ?? null })),
    leftAlone,
  }
}

function openOnly(value: unknown): unknown {
  if (value instanceof Secret) return textOf(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(openOnly)
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, openOnly(member)]))
}
