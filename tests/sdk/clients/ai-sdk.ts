import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogle } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { generateText, jsonSchema, streamText } from 'ai'
import type { LanguageModel, ModelMessage, ToolSet } from 'ai'
import { inclusive, lastOf, MAX_TOKENS, QUESTION, SYSTEM, WEATHER } from './client.ts'
import type { Access, Heard, SdkClient, Talk, TalkOptions } from './client.ts'

/** It would write a line for each model whose name its provider does not know. */
globalThis.AI_SDK_LOG_WARNINGS = false

type Maker = (access: Access, model: string) => LanguageModel

/** The providers of the AI SDK, each with the address and the key changed. */
export const AI_SDK_MODELS: Record<string, Maker> = {
  '@ai-sdk/openai': ({ url, key }, model) => createOpenAI({ baseURL: `${url}/v1`, apiKey: key })(model),
  '@ai-sdk/openai: chat': ({ url, key }, model) => createOpenAI({ baseURL: `${url}/v1`, apiKey: key }).chat(model),
  '@ai-sdk/anthropic': ({ url, key }, model) => createAnthropic({ baseURL: `${url}/v1`, apiKey: key })(model),
  '@ai-sdk/google': ({ url, key }, model) => createGoogle({ baseURL: `${url}/v1beta`, apiKey: key })(model),
  '@ai-sdk/openai-compatible': ({ url, key }, model) =>
    createOpenAICompatible({ name: 'gateway', baseURL: `${url}/v1`, apiKey: key, includeUsage: true })(model),
}

/** The package ai with each provider: `generateText` and `streamText`. */
export const aiSdk: SdkClient[] = Object.entries(AI_SDK_MODELS).map(([name, make]) => ({
  name: `ai with ${name}`,
  talk: (access, model, options) => new AiTalk(make(access, model), options),
  stops: { stop: 'stop', tool_calls: 'tool-calls' },
  usage: inclusive,
}))

const TOOLS: ToolSet = { [WEATHER.name]: { description: WEATHER.description, inputSchema: jsonSchema(WEATHER.schema) } }

class AiTalk implements Talk {
  readonly #model: LanguageModel
  readonly #options: TalkOptions
  readonly #messages: ModelMessage[] = [{ role: 'user', content: QUESTION }]
  #calls: { toolCallId: string; toolName: string }[] = []

  constructor(model: LanguageModel, options: TalkOptions) {
    this.#model = model
    this.#options = options
  }

  async ask(): Promise<Heard> {
    const asked = {
      model: this.#model,
      instructions: SYSTEM,
      messages: this.#messages,
      maxOutputTokens: MAX_TOKENS,
      tools: this.#options.tools ? TOOLS : {},
    }
    if (!this.#options.stream) {
      const { text, toolCalls, finishReason, usage, response } = await generateText(asked)
      return this.#heard({ text, pieces: 1, toolCalls, finishReason, usage, messages: response.messages })
    }
    const result = streamText({ ...asked, onError: () => undefined })
    let pieces = 0
    for await (const part of result.fullStream) {
      if (part.type === 'error') throw part.error
      if (part.type === 'text-delta') pieces++
    }
    const { messages } = await result.response
    return this.#heard({
      text: await result.text,
      pieces,
      toolCalls: await result.toolCalls,
      finishReason: await result.finishReason,
      usage: await result.usage,
      messages,
    })
  }

  answer(result: string): Promise<Heard> {
    const { toolCallId, toolName } = lastOf(this.#calls)
    this.#messages.push({
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId, toolName, output: { type: 'text', value: result } }],
    })
    return this.ask()
  }

  #heard(said: {
    text: string
    pieces: number
    toolCalls: readonly { toolCallId: string; toolName: string; input: unknown }[]
    finishReason: string
    usage: { inputTokens: number | undefined; outputTokens: number | undefined; inputTokenDetails: { cacheReadTokens: number | undefined } }
    messages: readonly ModelMessage[]
  }): Heard {
    this.#messages.push(...said.messages)
    this.#calls = [...said.toolCalls]
    return {
      text: said.text,
      pieces: said.pieces,
      calls: said.toolCalls.map(({ toolName, input }) => ({ name: toolName, arguments: input })),
      stop: said.finishReason,
      usage: {
        input: said.usage.inputTokens,
        output: said.usage.outputTokens,
        cached: said.usage.inputTokenDetails.cacheReadTokens ?? 0,
      },
    }
  }
}
