import type { Conversation, OutputFormat } from '../canonical/conversation.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import type { Decoding, Found } from './decoding.ts'
import { keepOthers } from './decode-tools.ts'
import { reasoningOf } from './reasoning.ts'
import { jsonSchemaOf } from './schema.ts'

/** Members of `generationConfig` that are numbers, and what they are called in the neutral form. */
export const NUMBERS = {
  temperature: 'temperature',
  topP: 'topP',
  topK: 'topK',
  presencePenalty: 'presencePenalty',
  frequencyPenalty: 'frequencyPenalty',
  seed: 'seed',
  maxOutputTokens: 'maxOutputTokens',
  candidateCount: 'choices',
} as const satisfies Record<string, keyof Conversation>

const SCHEMAS = ['responseJsonSchema', '_responseJsonSchema', 'responseSchema']

const KNOWN = new Set([
  ...Object.keys(NUMBERS),
  ...SCHEMAS,
  'stopSequences',
  'responseMimeType',
  'responseLogprobs',
  'logprobs',
  'thinkingConfig',
  'responseModalities',
])

/** What a `generationConfig` says in neutral words; what has none is kept by name. */
export function decodeConfig(body: Found<JsonObject>, decoding: Decoding): Partial<Conversation> {
  const config = decoding.object(body, 'generationConfig')
  if (config === undefined) return {}
  const said: Partial<Conversation> = {}
  for (const [name, neutral] of Object.entries(NUMBERS)) {
    const value = decoding.number(config, name)
    if (value !== undefined) said[neutral] = value
  }
  const stop = decoding.strings(config, 'stopSequences')
  const output = decodeOutput(config, decoding)
  const thinking = decoding.object(config, 'thinkingConfig')
  const reasoning = thinking && reasoningOf(thinking.value)
  keepOthers(config, 'generationConfig', KNOWN, decoding)
  keepModalities(config, decoding)
  return {
    ...said,
    ...(stop === undefined ? {} : { stop }),
    ...(output === undefined ? {} : { output }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...decodeLogprobs(config, decoding),
  }
}

function decodeOutput(config: Found<JsonObject>, decoding: Decoding): OutputFormat | undefined {
  const type = decoding.text(config, 'responseMimeType')
  const [schema] = SCHEMAS.flatMap((name) => decoding.object(config, name) ?? [])
  if (type !== 'application/json') {
    // A schema has to come with the type of what it describes (API reference, `GenerationConfig`): alone it is the vendor's to judge.
    if (schema !== undefined) decoding.keep('generationConfig.responseSchema', schema)
    if (type === 'text/plain') return { kind: 'text' }
    if (type !== undefined) decoding.keep('generationConfig.responseMimeType', { at: `${config.at}/responseMimeType`, value: type })
    return undefined
  }
  if (schema === undefined) return { kind: 'json' }
  const subset = schema.at.endsWith('/responseSchema') || schema.at.endsWith('/response_schema')
  return { kind: 'schema', schema: subset ? jsonSchemaOf(schema.value) : schema.value }
}

function decodeLogprobs(config: Found<JsonObject>, decoding: Decoding): Pick<Conversation, 'logprobs'> {
  const wanted = decoding.flag(config, 'responseLogprobs')
  const top = decoding.number(config, 'logprobs')
  return wanted === true ? { logprobs: top === undefined ? {} : { top } } : {}
}

/** Text is what every answer is; anything else only this vendor gives. */
function keepModalities(config: Found<JsonObject>, decoding: Decoding): void {
  const found = decoding.any(config, 'responseModalities')
  if (found === undefined || (Array.isArray(found.value) && found.value.every(isText))) return
  decoding.keep('generationConfig.responseModalities', found)
}

function isText(modality: unknown): boolean {
  return typeof modality === 'string' && modality.toUpperCase() === 'TEXT'
}

/** `labels` are what others call metadata. */
export function decodeLabels(body: Found<JsonObject>, decoding: Decoding): Pick<Conversation, 'metadata'> {
  const labels = decoding.any(body, 'labels')
  if (labels === undefined) return {}
  if (isObject(labels.value) && Object.values(labels.value).every((value) => typeof value === 'string')) {
    return { metadata: labels.value as Record<string, string> }
  }
  decoding.fail(labels.at, '`labels` must be an object of strings')
  return {}
}
