import type { Conversation, Other, OutputFormat } from '../canonical/conversation.ts'
import type { Fields } from '../input/fields.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { pointerTo } from '../json/pointer.ts'
import { present } from '../json/present.ts'
import { decodeThink } from './thinking.ts'

/** Options that the canonical form has as well, under their two names (documentation: Modelfile, Parameters). */
export const OPTIONS = [
  ['temperature', 'temperature'],
  ['top_p', 'topP'],
  ['top_k', 'topK'],
  ['min_p', 'minP'],
  ['seed', 'seed'],
  ['repeat_penalty', 'repetitionPenalty'],
  ['presence_penalty', 'presencePenalty'],
  ['frequency_penalty', 'frequencyPenalty'],
] as const

const UNDERSTOOD_OPTIONS = new Set<string>(['num_predict', 'stop', ...OPTIONS.map(([name]) => name)])

/** Members that `/api/chat` and `/api/generate` share. */
const UNDERSTOOD = ['model', 'stream', 'options', 'format', 'think', 'logprobs', 'top_logprobs']

/** What is said beside the messages. Ollama streams unless it is told not to. */
export function decodeSettings(fields: Fields, value: JsonObject, own: readonly string[]): Omit<Conversation, 'turns'> {
  const options = fields.object(value, 'options', '') ?? {}
  return {
    stream: value['stream'] !== false,
    ...present({
      output: decodeFormat(fields, value['format']),
      reasoning: decodeThink(fields, value),
      maxOutputTokens: outputLimit(fields.number(options, 'num_predict', '/options')),
      stop: typeof options['stop'] === 'string' ? [options['stop']] : fields.strings(options, 'stop', '/options'),
      logprobs: decodeLogprobs(fields, value),
    }),
    ...present(Object.fromEntries(OPTIONS.map(([name, canonical]) => [canonical, fields.number(options, name, '/options')]))),
    others: { ...othersIn(value, '', new Set([...UNDERSTOOD, ...own])), ...othersIn(options, 'options', UNDERSTOOD_OPTIONS) },
  }
}

/** Below one, `num_predict` means that there is no limit (documentation: Modelfile). */
export function outputLimit(predict: number | undefined): number | undefined {
  return predict !== undefined && predict > 0 ? predict : undefined
}

/** `"json"`, or a schema; older clients send an empty string for none. */
function decodeFormat(fields: Fields, format: unknown): OutputFormat | undefined {
  if (format == null || format === '') return undefined
  if (format === 'json') return { kind: 'json' }
  if (isObject(format)) return { kind: 'schema', schema: format }
  return fields.wrong(format, '/format', '"json" or a JSON schema')
}

function decodeLogprobs(fields: Fields, value: JsonObject): Conversation['logprobs'] {
  const top = fields.number(value, 'top_logprobs', '')
  return fields.boolean(value, 'logprobs', '') === true ? present({ top }) : undefined
}

function othersIn(holder: JsonObject, name: string, understood: ReadonlySet<string>): Record<string, Other> {
  const others: Record<string, Other> = {}
  for (const [member, value] of Object.entries(holder)) {
    if (understood.has(member) || isUnset(value)) continue
    const path = name === '' ? member : `${name}.${member}`
    others[path] = { at: (name === '' ? '' : `/${name}`) + pointerTo(member), value }
  }
  return others
}

/** Go's clients send what is not set as empty. */
function isUnset(value: unknown): boolean {
  return value == null || value === '' || value === false || (Array.isArray(value) && value.length === 0)
}
