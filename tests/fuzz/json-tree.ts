import { ODD_NAMES, ODD_SCALARS } from './odd.ts'
import type { Seeded } from './random.ts'

/**
 * JSON as it is written rather than as it is meant: a scalar is its text, an object a list of members in order, names
 * as text with their quotes. So what JSON.stringify cannot write can be written: names twice, odd numbers, escapes.
 */
export type Tree = string | { list: Tree[] } | { members: [name: string, value: Tree][] }

/** A value as a tree. */
export function tree(value: unknown): Tree {
  if (Array.isArray(value)) return { list: value.map(tree) }
  if (typeof value === 'object' && value !== null) {
    return { members: Object.entries(value).map(([name, member]) => [JSON.stringify(name), tree(member)]) }
  }
  return JSON.stringify(value) ?? 'null'
}

/** A string as JSON text, some characters escaped without need. */
export function escaped(random: Seeded, text: string): string {
  return `"${Array.from(text, (character) =>
    character.length === 1 && random.chance(0.3)
      ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
      : JSON.stringify(character).slice(1, -1),
  ).join('')}"`
}

const SPACES = ['', '', '', '', '', ' ', '\n', '\t ', '\r\n  ']

/** The text; with `spaced`, white space stands where it may. */
export function write(node: Tree, random?: Seeded): string {
  const space = (): string => (random === undefined ? '' : random.pick(SPACES))
  const put = (value: Tree): string => {
    if (typeof value === 'string') return value
    const [open, close, items] =
      'list' in value
        ? ['[', ']', value.list.map(put)]
        : ['{', '}', value.members.map(([name, member]) => `${name}${space()}:${space()}${put(member)}`)]
    return `${open}${space()}${items.join(`${space()},${space()}`)}${space()}${close}`
  }
  return `${space()}${put(node)}${space()}`
}

/** Every list and object in the tree, the tree itself included. */
function inner(node: Tree): Exclude<Tree, string>[] {
  if (typeof node === 'string') return []
  const below = 'list' in node ? node.list : node.members.map(([, value]) => value)
  return [node, ...below.flatMap(inner)]
}

type Change = (random: Seeded, node: Exclude<Tree, string>) => void

function drop(random: Seeded, node: Exclude<Tree, string>): void {
  const items: unknown[] = 'list' in node ? node.list : node.members
  items.splice(random.below(items.length), 1)
}

/** The same member once more, elsewhere, sometimes with another value or an escaped name. */
function repeat(random: Seeded, node: Exclude<Tree, string>): void {
  if ('list' in node) {
    node.list.splice(random.below(node.list.length + 1), 0, random.pick([...node.list, 'null']))
    return
  }
  const [name, value] = random.pick([...node.members, ['"x"', 'null'] as [string, Tree]])
  node.members.splice(random.below(node.members.length + 1), 0, [name, random.chance(0.5) ? value : random.pick(ODD_SCALARS)])
}

function rename(random: Seeded, node: Exclude<Tree, string>): void {
  if ('list' in node || node.members.length === 0) return repeat(random, node)
  const member = random.pick(node.members)
  const text = member[0].slice(1, -1)
  member[0] = random.weighted([
    [3, random.pick(ODD_NAMES)],
    [1, `"${text.toUpperCase()}"`],
    [1, `"${text.slice(0, -1)}"`],
    [1, /^[\w ]*$/.test(text) ? escaped(random, text) : `"${text}x"`],
  ])
}

function replace(random: Seeded, node: Exclude<Tree, string>): void {
  const value: Tree = random.weighted([
    [8, random.pick(ODD_SCALARS)],
    [1, String(random.below(1_000_000))],
    [1, `"${'x'.repeat(random.below(3_000))}"`],
  ])
  if ('list' in node) node.list[random.below(Math.max(1, node.list.length))] = value
  else if (node.members.length > 0) random.pick(node.members)[1] = value
}

function swap(random: Seeded, node: Exclude<Tree, string>): void {
  const items: unknown[] = 'list' in node ? node.list : node.members
  const [a, b] = [random.below(items.length), random.below(items.length)]
  const held = items[a]
  if (items.length > 1) [items[a], items[b]] = [items[b], held]
}

function insert(random: Seeded, node: Exclude<Tree, string>): void {
  if ('list' in node) node.list.push(random.pick(ODD_SCALARS))
  else node.members.splice(random.below(node.members.length + 1), 0, [random.pick(ODD_NAMES), random.pick(ODD_SCALARS)])
}

function bury(random: Seeded, node: Exclude<Tree, string>): void {
  const levels = random.pick([3, 50, 198, 199, 200, 201, 2_000])
  const deep = random.chance(0.5) ? '['.repeat(levels) + ']'.repeat(levels) : `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
  if ('list' in node) node.list.push(deep)
  else node.members.push([random.pick(ODD_NAMES), deep])
}

function wrap(random: Seeded, node: Exclude<Tree, string>): void {
  if ('list' in node) node.list = [{ list: node.list }]
  else if (node.members.length > 0) {
    const member = random.pick(node.members)
    member[1] = random.chance(0.5) ? { list: [member[1]] } : { members: [[random.pick(ODD_NAMES), member[1]]] }
  }
}

const CHANGES: [weight: number, Change][] = [
  [3, drop],
  [4, repeat],
  [4, rename],
  [6, replace],
  [2, swap],
  [4, insert],
  [1, bury],
  [1, wrap],
]

/** Changes the tree in place, in some of its parts. */
export function mutate(random: Seeded, node: Tree, times = random.between(1, 3)): void {
  for (let i = 0; i < times; i++) {
    const parts = inner(node)
    if (parts.length === 0) return
    // The outermost part decides most; it gets as many changes as all the others.
    const [outermost] = parts
    random.weighted(CHANGES)(random, outermost !== undefined && random.chance(0.5) ? outermost : random.pick(parts))
  }
}
