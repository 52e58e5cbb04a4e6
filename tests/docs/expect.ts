import assert from 'node:assert/strict'

/** Anything, in what a guide shows: within a line, or a line of its own for any number of lines. */
const ANY = '…'

/** Whether an output is what a guide shows, `…` standing for anything. */
function matchesText(shown: string, output: string): boolean {
  const pattern = tidy(shown)
    .split('\n')
    .map((line) => (line.trim() === ANY ? '(?:.*\\n)*' : `${line.split(ANY).map(quote).join('.*?')}\\n`))
    .join('')
  return new RegExp(`^${pattern}$`).test(`${tidy(output)}\n`)
}

/** How many spaces there are depends on the width of ids; spaces at the ends of lines and empty lines around the text say nothing. */
function tidy(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replaceAll(/ {2,}/g, ' ').trimEnd())
    .join('\n')
    .replaceAll(/^\n+|\n+$/g, '')
}

function quote(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/**
 * Whether a JSON value is what a guide shows. A string may hold `…` for anything, or be it for any value; an object
 * that has a member named `…` may have members that are not shown, a list that ends in it more items.
 */
function matchesJson(shown: unknown, value: unknown): boolean {
  if (shown === ANY) return value !== undefined
  if (typeof shown === 'string') return typeof value === 'string' && matchesText(shown, value)
  if (Array.isArray(shown)) return Array.isArray(value) && matchesList(shown, value)
  if (typeof shown !== 'object' || shown === null) return shown === value
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const members = Object.entries(shown).filter(([name]) => name !== ANY)
  const open = members.length < Object.keys(shown).length
  if (!open && Object.keys(value).length !== members.length) return false
  return members.every(([name, member]) => matchesJson(member, (value as Record<string, unknown>)[name]))
}

function matchesList(shown: unknown[], value: unknown[]): boolean {
  const open = shown.at(-1) === ANY
  const items = open ? shown.slice(0, -1) : shown
  return (
    (open ? value.length >= items.length : value.length === items.length) && items.every((item, index) => matchesJson(item, value[index]))
  )
}

/** Fails, showing both, when an output is not what the guide shows. */
export function assertShown(shown: string, output: string, language: string): void {
  const same = language === 'json' ? matchesJson(JSON.parse(shown), jsonOf(output)) : matchesText(shown, output)
  if (!same) assert.fail(`the guide shows\n\n${shown}\n\nbut the output is\n\n${language === 'json' ? pretty(output) : output}`)
}

/** The JSON of an output; what precedes it, such as the head of an answer, is left out. */
function jsonOf(output: string): unknown {
  const start = output.search(/^[{[]/m)
  try {
    return JSON.parse(output.slice(Math.max(start, 0)))
  } catch {
    return undefined
  }
}

function pretty(output: string): string {
  const value = jsonOf(output)
  return value === undefined ? output : JSON.stringify(value, null, 2)
}
