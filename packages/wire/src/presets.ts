import type { DialectName } from './canonical/conversation.ts'
import { applySplices, patch, type Edit } from './json/patch.ts'
import { scanMembers, type OkScan } from './json/scan.ts'

/** What is said to a model in the place of its callers. */
export interface Presets {
  /** Before whatever they tell it. */
  system?: string | undefined
  /** Where they say nothing. */
  temperature?: number | undefined
  topP?: number | undefined
}

/** Puts a text before what the model is told already. */
type Preamble = (body: Buffer, scan: OkScan, text: string) => Buffer

/** Where a dialect says what can be preset. */
interface Form {
  preamble?: Preamble
  /** Names of the member that holds the settings, the usual one first; absent: the body itself. */
  holders?: readonly string[]
  temperature?: string
  topP?: string
}

const OPENAI = { temperature: 'temperature', topP: 'top_p' }

const FORMS: Partial<Record<DialectName, Form>> = {
  'openai-chat': { ...OPENAI, preamble: asMessage },
  'openai-responses': { ...OPENAI, preamble: asText('instructions') },
  'openai-completions': OPENAI,
  anthropic: { ...OPENAI, preamble: asText('system') },
  'anthropic-count-tokens': { preamble: asText('system') },
  gemini: {
    preamble: asInstruction,
    holders: ['generationConfig', 'generation_config'],
    temperature: 'temperature',
    topP: 'topP',
  },
  cohere: { temperature: 'temperature', topP: 'p', preamble: asMessage },
  ollama: { ...OPENAI, preamble: asMessage, holders: ['options'] },
  'ollama-generate': { ...OPENAI, preamble: asText('system'), holders: ['options'] },
}

/** Whether a model can be told something in this dialect before what its callers say. */
export function takesPreamble(dialect: DialectName): boolean {
  return FORMS[dialect]?.preamble !== undefined
}

/**
 * A body that a caller sent, with what is preset: byte for byte but for that. What the caller says of a setting stands. The same Buffer
 * where nothing is to be said, or the body is none of its dialect.
 */
export function withPresets(dialect: DialectName, body: Buffer, { system, temperature, topP }: Presets): Buffer {
  const form = FORMS[dialect]
  if (form === undefined) return body
  const told = system === undefined || form.preamble === undefined ? body : rescanned(body, (scan) => form.preamble?.(body, scan, system))
  const settings = [
    [form.temperature, temperature],
    [form.topP, topP],
  ] as const
  const members = settings.flatMap(([name, value]): [string, number][] =>
    name === undefined || value === undefined ? [] : [[name, value]],
  )
  return members.reduce((done, [name, value]) => rescanned(done, (scan) => withSetting(done, scan, form.holders, name, value)), told)
}

function rescanned(body: Buffer, change: (scan: OkScan) => Buffer | undefined): Buffer {
  const scan = scanMembers(body)
  return (scan.ok ? change(scan) : undefined) ?? body
}

function withSetting(body: Buffer, scan: OkScan, holders: readonly string[] | undefined, name: string, value: number): Buffer {
  const text = String(value)
  if (holders === undefined) return scan.members.has(name) ? body : patch(body, scan, [{ insert: name, value: text }])
  const holder = holders.find((one) => scan.members.has(one)) ?? holders[0] ?? ''
  const held = scan.members.get(holder)
  if (held === undefined) return patch(body, scan, [{ insert: holder, value: JSON.stringify({ [name]: value }) }])
  const within = scanMembers(body, held.valueStart)
  if (!within.ok || within.members.has(name)) return body
  return patch(body, scan, [{ patchIn: holder, insert: name, value: text }])
}

/** As the first of the messages. */
function asMessage(body: Buffer, { members }: OkScan, text: string): Buffer {
  const messages = members.get('messages')
  if (messages === undefined || body[messages.valueStart] !== OPEN_BRACKET) return body
  const start = messages.valueStart + 1
  const isEmpty = body.toString('latin1', start, messages.valueEnd - 1).trim() === ''
  const message = JSON.stringify({ role: 'system', content: text })
  return applySplices(body, [{ start, end: start, text: isEmpty ? message : `${message},` }])
}

const OPEN_BRACKET = 0x5b

/** Before the text, or the blocks of text, that a member holds. */
function asText(name: string): Preamble {
  return (body, scan, text) => {
    const own = valueOf(body, scan, name)
    if (own === undefined || own === null) return set(body, scan, name, text)
    if (typeof own === 'string') return set(body, scan, name, `${text}\n\n${own}`)
    return Array.isArray(own) ? set(body, scan, name, [{ type: 'text', text }, ...(own as unknown[])]) : body
  }
}

/** Gemini's: an object with parts. */
function asInstruction(body: Buffer, scan: OkScan, text: string): Buffer {
  const name = scan.members.has('system_instruction') ? 'system_instruction' : 'systemInstruction'
  const own = valueOf(body, scan, name) ?? {}
  if (typeof own !== 'object') return body
  const { parts = [] } = own as { parts?: unknown }
  return set(body, scan, name, { ...own, parts: [{ text }, ...(Array.isArray(parts) ? (parts as unknown[]) : [parts])] })
}

function valueOf(body: Buffer, { members }: OkScan, name: string): unknown {
  const member = members.get(name)
  if (member === undefined) return undefined
  try {
    return JSON.parse(body.toString('utf8', member.valueStart, member.valueEnd)) as unknown
  } catch {
    // What is no JSON is refused by whoever reads the body next.
    return undefined
  }
}

function set(body: Buffer, scan: OkScan, name: string, value: unknown): Buffer {
  const edit: Edit = { insert: name, value: JSON.stringify(value) }
  return patch(body, scan, [edit])
}
