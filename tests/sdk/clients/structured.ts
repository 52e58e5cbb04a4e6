import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { jsonSchemaOutputFormat } from '@anthropic-ai/sdk/helpers/json-schema'
import { ChatOpenAI } from '@langchain/openai'
import { Mistral } from '@mistralai/mistralai'
import { generateText, jsonSchema, Output, streamText } from 'ai'
import { CohereClientV2 } from 'cohere-ai'
import { Ollama } from 'ollama'
import type { PlaceName } from '../world.ts'
import { AI_SDK_MODELS } from './ai-sdk.ts'
import { anthropicClient } from './anthropic.ts'
import { MAX_TOKENS, QUESTION } from './client.ts'
import type { Access } from './client.ts'
import { googleClient } from './google.ts'
import { openaiClient } from './openai-chat.ts'

/** What is to be answered: an object by this schema. */
const SCHEMA = {
  type: 'object',
  properties: { sky: { type: 'string', enum: ['rain', 'sun'] }, degrees: { type: 'integer' } },
  required: ['sky', 'degrees'],
  additionalProperties: false,
} as const

/** An official client's own way to an object instead of a text. */
export interface Structured {
  name: string
  ask(access: Access, model: string, stream: boolean): Promise<unknown>
  /** It has only one way to do so. */
  wholeOnly?: true
  /** It does not ask for the schema, but for a call of this tool. */
  tool?(place: PlaceName): string | undefined
  /** The vendor of a place has no such thing, or not as this client asks for it. */
  refused(place: PlaceName): boolean
}

function objectIn(text: string): unknown {
  return JSON.parse(text)
}

/** DeepSeek has none, nor has the model of Bedrock's. */
function noSchemas(place: PlaceName): boolean {
  return place === 'deepseek' || place === 'bedrock'
}

const openaiParse: Structured = {
  name: 'openai: chat.completions.parse and stream',
  refused: noSchemas,
  async ask(access, model, stream) {
    const format = { type: 'json_schema' as const, json_schema: { name: 'weather', schema: SCHEMA, strict: true } }
    const body = { model, messages: [{ role: 'user' as const, content: QUESTION }], response_format: format }
    const { completions } = openaiClient(access).chat
    const { choices } = await (stream ? completions.stream(body).finalChatCompletion() : completions.parse(body))
    return choices[0]?.message.parsed ?? objectIn(choices[0]?.message.content ?? '')
  },
}

const responsesParse: Structured = {
  name: 'openai: responses.parse and stream',
  refused: noSchemas,
  async ask(access, model, stream) {
    const format = { type: 'json_schema' as const, name: 'weather', schema: SCHEMA, strict: true }
    const body = { model, input: QUESTION, text: { format }, store: false }
    const { responses } = openaiClient(access)
    const { output_text: text } = await (stream ? responses.stream(body).finalResponse() : responses.parse(body))
    return objectIn(text)
  },
}

const messagesParse: Structured = {
  name: '@anthropic-ai/sdk: messages.parse and stream',
  refused: noSchemas,
  async ask(access, model, stream) {
    const body = {
      model,
      max_tokens: MAX_TOKENS,
      messages: [{ role: 'user' as const, content: QUESTION }],
      output_config: { format: jsonSchemaOutputFormat(SCHEMA) },
    }
    const { messages } = anthropicClient(access)
    const { parsed_output: parsed } = await (stream ? messages.stream(body).finalMessage() : messages.parse(body))
    return parsed
  },
}

const google: Structured = {
  name: '@google/genai: responseJsonSchema',
  refused: noSchemas,
  async ask(access, model, stream) {
    const config = { responseMimeType: 'application/json', responseJsonSchema: SCHEMA }
    const asked = { model, contents: QUESTION, config }
    const { models } = googleClient(access)
    if (!stream) return objectIn((await models.generateContent(asked)).text ?? '')
    let text = ''
    for await (const piece of await models.generateContentStream(asked)) text += piece.text ?? ''
    return objectIn(text)
  },
}

const mistral: Structured = {
  name: '@mistralai/mistralai: responseFormat',
  refused: noSchemas,
  wholeOnly: true,
  async ask({ url, key }, model) {
    const { choices } = await new Mistral({ serverURL: url, apiKey: key }).chat.complete({
      model,
      messages: [{ role: 'user', content: QUESTION }],
      responseFormat: { type: 'json_schema', jsonSchema: { name: 'weather', schemaDefinition: SCHEMA, strict: true } },
    })
    const content = choices[0]?.message?.content
    return objectIn(typeof content === 'string' ? content : '')
  },
}

const cohere: Structured = {
  name: 'cohere-ai: responseFormat',
  refused: noSchemas,
  wholeOnly: true,
  async ask({ url, key }, model) {
    const { message } = await new CohereClientV2({ baseUrl: url, token: key, maxRetries: 0 }).chat({
      model,
      messages: [{ role: 'user', content: QUESTION }],
      responseFormat: { type: 'json_object', jsonSchema: SCHEMA as unknown as Record<string, unknown> },
    })
    const [part] = message.content ?? []
    return objectIn(part?.type === 'text' ? part.text : '')
  },
}

const ollama: Structured = {
  name: 'ollama: format',
  refused: noSchemas,
  wholeOnly: true,
  async ask({ url, key }, model) {
    const client = new Ollama({ host: `${url}/ollama`, headers: { authorization: `Bearer ${key}` } })
    const { message } = await client.chat({ model, messages: [{ role: 'user', content: QUESTION }], format: SCHEMA })
    return objectIn(message.content)
  },
}

const langchain: Structured = {
  name: '@langchain/openai: withStructuredOutput',
  refused: noSchemas,
  wholeOnly: true,
  ask: ({ url, key }, model) =>
    new ChatOpenAI({ model, apiKey: key, configuration: { baseURL: `${url}/v1` }, maxRetries: 0 })
      .withStructuredOutput(SCHEMA as unknown as Record<string, unknown>, { name: 'weather', method: 'jsonSchema', strict: true })
      .invoke(QUESTION),
}

const MAKERS: typeof AI_SDK_MODELS = {
  ...AI_SDK_MODELS,
  '@ai-sdk/openai-compatible': ({ url, key }, model) =>
    createOpenAICompatible({ name: 'gateway', baseURL: `${url}/v1`, apiKey: key, supportsStructuredOutputs: true })(model),
}

const aiSdk: Structured[] = Object.entries(MAKERS).map(([name, make]) => ({
  name: `ai with ${name}: Output.object`,
  // Of models that it does not know it asks for a call, and for no second one.
  ...(name === '@ai-sdk/anthropic'
    ? {
        tool: (place: PlaceName) => (place === 'anthropic' ? undefined : 'json'),
        refused: (place: PlaceName) => ['gemini', 'cohere', 'ollama', 'bedrock'].includes(place),
      }
    : { refused: noSchemas }),
  async ask(access, model, stream) {
    const output = Output.object({ schema: jsonSchema(SCHEMA as Parameters<typeof jsonSchema>[0]) })
    const asked = { model: make(access, model), prompt: QUESTION, output, maxRetries: 0 }
    return stream ? await streamText({ ...asked, onError: () => undefined }).output : (await generateText(asked)).output
  },
}))

export const STRUCTURED: Structured[] = [openaiParse, responsesParse, messagesParse, google, mistral, cohere, ollama, langchain, ...aiSdk]
