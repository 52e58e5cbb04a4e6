import { ApiError } from '@faregate/contract'
import { Failure } from '../command.ts'
import { explainFailure } from '../failure.ts'
import { differences, nameOf, textOf, type Change, type Comparison } from './compare.ts'
import { keyOf } from './folder.ts'
import { knownOf } from './in-force.ts'
import { KINDS } from './kinds/index.ts'
import type { Kind, Known, Shown, Writing } from './kind.ts'
import { same } from './shape.ts'

/** Puts changes in force, each after those that it refers to. Stops at the first that fails: run again, it goes on from there. @throws Failure */
export async function apply({ changes }: Comparison, writing: Writing): Promise<void> {
  const steps = stepsOf(changes, writing)
  for (const [index, { what, run }] of steps.entries()) {
    try {
      await run()
      writing.say(what)
    } catch (error) {
      const done = index === 0 ? 'Nothing was changed.' : `${index} of ${steps.length} steps are done; the same command goes on from here.`
      throw new Failure(`${what}: ${await explainFailure(error)}\n${done}`)
    }
  }
}

interface Step {
  what: string
  run: () => Promise<void>
}

function stepsOf(changes: readonly Change[], writing: Writing): Step[] {
  const made = changes.filter(({ action }) => action !== 'remove')
  const gone = changes.filter(({ action }) => action === 'remove')
  // What an organization sells is its own APIs by name, and they have to be there.
  const late = made.filter(({ kind, wanted }) => kind.name === 'plans' && wanted?.value['organization'] !== undefined)
  const early = made.filter((change) => !late.includes(change))
  const ordered = KINDS.flatMap((kind) => {
    const ofKind = early.filter((change) => change.kind === kind)
    const sold = kind.name === 'apis' ? late : []
    return [
      ...ofKind.map((change) => stepOf(change, writing)),
      ...settling(kind, ofKind, writing),
      ...sold.map((change) => stepOf(change, writing)),
    ]
  })
  return [...ordered, ...gone.map((change) => stepOf(change, writing))]
}

const DONE = { create: 'created', change: 'changed', remove: 'removed' } as const

function stepOf(change: Change, writing: Writing): Step {
  const { action, kind, wanted, known } = change
  const subject = wanted ?? known
  const what = subject === undefined ? '' : `${nameOf(kind, subject)} ${DONE[action]}`
  return {
    what,
    async run() {
      await refuseOvertaken(change, writing)
      if (wanted === undefined) return known && (await kind.remove?.(writing, known))
      if (known === undefined || kind.change === undefined) return kind.create(writing, wanted)
      return kind.change(writing, wanted, known)
    },
  }
}

/** What refers to others of its kind comes once all of them are there: first what names another, before that goes itself. */
function settling(kind: Kind, changes: readonly Change[], writing: Writing): Step[] {
  const { settle } = kind
  if (settle === undefined) return []
  const successors = new Map(changes.map(({ wanted }) => [wanted?.name, successorOf(wanted)]))
  const depth = (name: string | undefined, seen = 0): number =>
    name === undefined || seen > changes.length ? 0 : 1 + depth(successors.get(name), seen + 1)
  const ordered = changes.toSorted((one, other) => depth(other.wanted?.name) - depth(one.wanted?.name))
  return ordered.flatMap(({ wanted, known: before }): Step[] => {
    if (wanted === undefined) return []
    const rest = LATER.filter((member) => !same(before?.value[member], wanted.value[member]))
    if (rest.length === 0) return []
    const run = async () => {
      const known = await current(kind, wanted, writing)
      if (known !== undefined) await settle(writing, wanted, known)
    }
    return [{ what: `${nameOf(kind, wanted)}: ${rest.join(', ')} set`, run }]
  })
}

async function there(answer: Promise<Shown>): Promise<Shown[]> {
  try {
    return [await answer]
  } catch (error) {
    if (error instanceof ApiError && error.problem.status === 404) return []
    throw error
  }
}

const LATER = ['listing', 'alerts', 'retirement']

function successorOf(entry: Change['wanted']): string | undefined {
  return (entry?.value['retirement'] as { successor?: string } | undefined)?.successor
}

/** Somebody else may have changed it since it was compared: what they did is told, and not undone. */
async function refuseOvertaken({ kind, wanted, known }: Change, writing: Writing): Promise<void> {
  const subject = wanted ?? known
  const now = subject && (await current(kind, subject, writing))
  if (same(now?.value, known?.value)) return
  const lines = differences(known?.value ?? {}, now?.value ?? {}).map(
    ({ field, before, after }) => `\n  ${field}: ${textOf(before)} → ${textOf(after)}`,
  )
  throw new Failure(`was changed meanwhile by somebody else:${lines.join('')}`, 'look at that, and apply again')
}

async function current(kind: Kind, { name, within }: Pick<Known, 'name' | 'within'>, writing: Writing): Promise<Known | undefined> {
  const all = kind.again === undefined ? await kind.read(writing) : await there(kind.again(writing, name))
  const known = all.map((shown) => knownOf(kind, shown))
  return known.find((one) => keyOf(kind.name, one) === keyOf(kind.name, { name, within }))
}
