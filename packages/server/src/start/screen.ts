import type { Snapshot } from '@faregate/core'
import { firstCommands, type Command } from '../pages/home.ts'
import { firstModel } from './first-models.ts'

/** What the start screen is about. */
export interface ScreenFacts {
  version: string
  /** The address that is listened on. */
  url: string
  publicUrl: string
  directory: string
  defaultDirectory: boolean
  tokenFile: string
  database: string
  snapshot: Snapshot
  demo: boolean
  /** Models whose new price waits for approval. */
  pricesPending: readonly string[]
}

/** The flag that commands of this installation need. */
function folderFlag({ directory, defaultDirectory }: Pick<ScreenFacts, 'directory' | 'defaultDirectory'>): string {
  return defaultDirectory ? '' : ` --data ${quoted(directory)}`
}

/** The three commands of the first minute, with this installation's own values. */
export function commandsOf(facts: Pick<ScreenFacts, 'publicUrl' | 'snapshot' | 'directory' | 'defaultDirectory'>): Command[] {
  return firstCommands(facts.publicUrl, firstModel(facts.snapshot), folderFlag(facts))
}

/** What is printed when the gateway serves. The line `Faregate is ready on …` comes first. */
export function startScreen(facts: ScreenFacts): string {
  const commands = commandsOf(facts).flatMap(({ what, text }, index) => [`  ${index + 1}. ${what}`, `     ${text}`])
  return [
    `Faregate is ready on ${facts.url}`,
    '',
    ...(facts.publicUrl === facts.url ? [] : [`  callers reach it at  ${facts.publicUrl}`]),
    `  version              ${facts.version}`,
    `  database             ${facts.database}`,
    `  operator's token     ${facts.tokenFile}`,
    ...providerLines(facts.snapshot, facts.demo),
    ...pendingLines(facts),
    '',
    ...commands,
    '',
  ].join('\n')
}

function providerLines(snapshot: Snapshot, demo: boolean): string[] {
  const lines = [...snapshot.providers.values()].map(({ name, kind, managedBy }) => {
    if (kind === 'demo') return `${name}: built in, answers offline, nothing is sent anywhere${demo ? ' (--demo)' : ''}`
    if (managedBy.source === 'environment') return `${name}: ${managedBy.variable} found: real calls, real cost; --demo stays offline`
    return managedBy.source === 'file' ? `${name}: from ${managedBy.file}, line ${managedBy.line}` : `${name}: from the database`
  })
  if (snapshot.allModels) lines.push('models are called as provider/model')
  return lines.map((line, index) => `  ${index === 0 ? 'providers' : '         '}            ${line}`)
}

function pendingLines({ pricesPending, ...facts }: ScreenFacts): string[] {
  const [first, ...others] = pricesPending
  if (first === undefined) return []
  const which = others.length === 0 ? `the new price of ${first} waits` : `the new prices of ${first} and ${others.length} more wait`
  return [`  prices               ${which} for approval: npx faregate price pending${folderFlag(facts)}`]
}

function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
