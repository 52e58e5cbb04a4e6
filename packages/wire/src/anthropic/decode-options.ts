import type { Conversation, Effort, Other, OutputFormat, Reasoning } from '../canonical/conversation.ts'
import type { Fields } from '../input/fields.ts'
import type { JsonObject } from '../json/object.ts'

const EFFORTS: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max']

/** Numbers that have the same meaning in neutral form. */
const NUMBERS: [member: string, name: 'maxOutputTokens' | 'temperature' | 'topP' | 'topK'][] = [
  ['max_tokens', 'maxOutputTokens'],
  ['temperature', 'temperature'],
  ['top_p', 'topP'],
  ['top_k', 'topK'],
]

/** `standard_only` is what OpenAI calls `default`; `auto` is the same on both sides. */
const SERVICE_TIERS: Record<string, string> = { standard_only: 'default' }

/** Sampling, limits and the like. */
export function decodeSettings(body: JsonObject, fields: Fields): Partial<Conversation> {
  const settings: Partial<Conversation> = {}
  for (const [member, name] of NUMBERS) {
    const value = fields.number(body, member, '')
    if (value !== undefined) settings[name] = value
  }
  const stop = fields.list(body, 'stop_sequences', '')
  if (stop !== undefined) settings.stop = stop.filter((sequence) => isText(sequence, '/stop_sequences', fields))
  const metadata = fields.object(body, 'metadata', '')
  const user = metadata && fields.string(metadata, 'user_id', '/metadata')
  if (user !== undefined) settings.user = user
  const tier = fields.string(body, 'service_tier', '')
  if (tier !== undefined) settings.serviceTier = SERVICE_TIERS[tier] ?? tier
  return settings
}

function isText(value: unknown, at: string, fields: Fields): value is string {
  if (typeof value !== 'string') fields.fail(at, `\`${at.slice(1)}\` must be an array of strings`)
  return typeof value === 'string'
}

/** `thinking` and the effort of `output_config` (M6), in one. */
export function decodeReasoning(body: JsonObject, others: Record<string, Other>, fields: Fields): Pick<Conversation, 'reasoning'> {
  const effort = effortOf(body, fields)
  const given = fields.object(body, 'thinking', '')
  const reasoning: Reasoning = { ...(effort === undefined ? {} : { effort }), ...(given && thinkingOf(given, fields)) }
  if (given?.['display'] === 'updates') others['thinking/display'] = { at: '/thinking/display', value: 'updates' }
  return Object.keys(reasoning).length === 0 ? {} : { reasoning }
}

function thinkingOf(given: JsonObject, fields: Fields): Reasoning {
  const display = fields.string(given, 'display', '/thinking')
  const show = display === undefined || display === 'updates' ? {} : { show: display === 'summarized' }
  switch (given['type']) {
    case 'enabled': {
      const budgetTokens = fields.number(given, 'budget_tokens', '/thinking')
      if (budgetTokens !== undefined) return { budgetTokens, ...show }
      fields.fail(
        '/thinking/budget_tokens',
        '`budget_tokens` is missing: it is a number of tokens, at least 1024 and less than `max_tokens`',
      )
      return {}
    }
    case 'adaptive':
      return { adaptive: true, ...show }
    case undefined:
      return show
    // Without thinking ahead of the answer: the least that some models can be set to.
    case 'between_tools':
    case 'disabled':
      return { budgetTokens: 0 }
    default:
      fields.fail('/thinking/type', '`type` of `thinking` must be "adaptive", "enabled", "disabled" or "between_tools"')
      return {}
  }
}

function effortOf(body: JsonObject, fields: Fields): Effort | undefined {
  const config = fields.object(body, 'output_config', '')
  const word = config && fields.string(config, 'effort', '/output_config')
  const effort = EFFORTS.find((name) => name === word)
  if (word !== undefined && effort === undefined) {
    fields.fail('/output_config/effort', `\`effort\` is "${word}": it must be one of ${EFFORTS.join(', ')}`)
  }
  return effort
}

/** `output_config.format`, or `output_format` as it was called before (M8; guide "Structured outputs"). */
export function decodeOutput(body: JsonObject, others: Record<string, Other>, fields: Fields): Pick<Conversation, 'output'> {
  const config = fields.object(body, 'output_config', '')
  for (const [name, value] of Object.entries(config ?? {})) {
    const known = name === 'effort' || name === 'format' || value == null
    if (!known) others[`output_config/${name}`] = { at: `/output_config/${name}`, value }
  }
  const current = config && fields.object(config, 'format', '/output_config')
  const format = current ?? fields.object(body, 'output_format', '')
  const at = current === undefined ? '/output_format' : '/output_config/format'
  const output = format && formatOf(format, at, fields)
  return output === undefined ? {} : { output }
}

function formatOf(format: JsonObject, at: string, fields: Fields): OutputFormat | undefined {
  if (format['type'] !== 'json_schema') return fields.fail(`${at}/type`, '`type` of an output format must be "json_schema"')
  const schema = fields.object(format, 'schema', at)
  return schema === undefined ? fields.fail(`${at}/schema`, '`schema` is missing: it is a JSON Schema') : { kind: 'schema', schema }
}
