import { createHash } from 'node:crypto'
import type { Encoded, Target, UpstreamDialect } from '../dialect.ts'
import type { Answer, StreamEvent } from './answer.ts'
import type { Conversation, Part, Tool, ToolChoice } from './conversation.ts'

/** What an upstream takes for the name of a tool. */
export interface ToolNameRule {
  /** A whole name that it takes, its length aside. */
  fits: RegExp
  /** Every character that no name may have; global. */
  misfits: RegExp
  longest: number
}

/** Letters, digits, `_` and `-`: what most vendors take. */
export const PLAIN_NAMES = { fits: /^[a-zA-Z0-9_-]+$/, misfits: /[^a-zA-Z0-9_-]/gu }

/** So many hexadecimal digits tell names apart that look alike once they fit. */
const DIGITS = 8

/** How an upstream dialect encodes requests whose tools may have any name (T7). */
export function namingTools(
  rule: ToolNameRule,
  encode: (conversation: Conversation, target: Target) => Encoded,
): Pick<UpstreamDialect, 'toolNames' | 'encodeRequest'> {
  return { toolNames: rule, encodeRequest: (conversation, target) => encode(withSentNames(conversation, rule), target) }
}

/** The conversation with names that the upstream takes: of tools, in the choice among them, in earlier calls and results. */
function withSentNames(conversation: Conversation, rule: ToolNameRule): Conversation {
  const names = sentNames(conversation, rule)
  if (names.size === 0) return conversation
  const sent = (name: string): string => names.get(name) ?? name
  const { tools, toolChoice, turns } = conversation
  return {
    ...conversation,
    ...(tools === undefined ? {} : { tools: tools.map((tool) => (tool.type === 'vendor' ? tool : { ...tool, name: sent(tool.name) })) }),
    ...(toolChoice === undefined ? {} : { toolChoice: choiceBy(toolChoice, sent) }),
    turns: turns.map((turn) => ({ ...turn, parts: turn.parts.map((part) => partBy(part, sent)) })),
  }
}

/** Gives the names in what the upstream answers back as the caller gave them; undefined: all were sent as they are. */
export function namesBack(conversation: Conversation, rule: ToolNameRule | undefined): NamesBack | undefined {
  const names = rule === undefined ? undefined : sentNames(conversation, rule)
  return names === undefined || names.size === 0 ? undefined : new NamesBack(names)
}

export class NamesBack {
  readonly #told: ReadonlyMap<string, string>

  /** `sent`: what each name became. */
  constructor(sent: ReadonlyMap<string, string>) {
    this.#told = new Map(Array.from(sent, ([name, other]) => [other, name]))
  }

  answer(answer: Answer): Answer {
    return {
      ...answer,
      choices: answer.choices.map((choice) => ({ ...choice, parts: choice.parts.map((part) => partBy(part, this.#name)) })),
    }
  }

  events(events: StreamEvent[]): StreamEvent[] {
    return events.map((event) => {
      if (event.type === 'tool_call') return { ...event, name: this.#name(event.name) }
      return event.type === 'part' ? { ...event, part: partBy(event.part, this.#name) } : event
    })
  }

  readonly #name = (name: string): string => this.#told.get(name) ?? name
}

/**
 * What the names that do not fit become: each by itself alone, so that it stays the same from request to request (T9), but
 * for one that another tool has already.
 */
function sentNames(conversation: Conversation, rule: ToolNameRule): Map<string, string> {
  const names = namesOf(conversation)
  const taken = new Set([...names].filter((name) => fits(name, rule)))
  const sent = new Map<string, string>()
  for (const name of names) {
    if (taken.has(name)) continue
    let other = fitting(name, name, rule)
    for (let again = 1; taken.has(other); again++) other = fitting(name, `${name} ${again}`, rule)
    taken.add(other)
    sent.set(name, other)
  }
  return sent
}

function namesOf({ tools = [], toolChoice, turns }: Conversation): Set<string> {
  const names = new Set(tools.filter(isFunction).map(({ name }) => name))
  const note = (name: string): string => {
    names.add(name)
    return name
  }
  if (toolChoice !== undefined) choiceBy(toolChoice, note)
  for (const { parts } of turns) for (const part of parts) partBy(part, note)
  return names
}

function isFunction({ type }: Tool): boolean {
  return type === 'function'
}

function fits(name: string, rule: ToolNameRule): boolean {
  return name.length <= rule.longest && rule.fits.test(name)
}

function fitting(name: string, unlike: string, { fits: whole, misfits, longest }: ToolNameRule): string {
  const digits = createHash('sha256').update(unlike).digest('hex').slice(0, DIGITS)
  // Room for the digits, and for underscores before them and, where it may not begin as it does, before all.
  const readable = name.replace(misfits, '_').slice(0, longest - DIGITS - 2)
  const other = `${readable}_${digits}`
  return whole.test(other) ? other : `_${other}`
}

function choiceBy(choice: ToolChoice, rename: (name: string) => string): ToolChoice {
  if (choice.kind === 'tool') return { ...choice, name: rename(choice.name) }
  return choice.kind === 'allowed' ? { ...choice, names: choice.names.map(rename) } : choice
}

function partBy(part: Part, rename: (name: string) => string): Part {
  if (part.type === 'tool_call') return { ...part, name: rename(part.name) }
  return part.type === 'tool_result' && part.name !== undefined ? { ...part, name: rename(part.name) } : part
}
