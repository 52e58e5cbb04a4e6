import type { MessageParam } from '@anthropic-ai/sdk/resources/messages'
import { Ollama } from 'ollama'
import type { ChatResponse, Message } from 'ollama'
import { toResponseInputItems } from 'openai/lib/responses/ResponseInputItems'
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions'
import type { ResponseInputItem } from 'openai/resources/responses/responses'
import { generateText, isStepCount, jsonSchema, streamText } from 'ai'
import type { JSONValue, ToolSet } from 'ai'
import { AI_SDK_MODELS } from './ai-sdk.ts'
import { anthropicClient } from './anthropic.ts'
import { lastOf, QUESTION, WEATHER, WEATHER_FUNCTION } from './client.ts'
import type { Access } from './client.ts'
import { googleClient } from './google.ts'
import { openaiClient } from './openai-chat.ts'

/** What a client tells of a model that thinks, calls the tool, is told `result`, and answers. */
interface Thought {
  /** What was thought before the call. */
  thought: string
  text: string
}

/** One official client that asks a model to think, keeps what it thought, and sends it back with the result. */
export interface Thinker {
  name: string
  run(access: Access, model: string, stream: boolean, result: string): Promise<Thought>
  /** Models that want more back than this client keeps. */
  lacks?: readonly string[]
}

const messages: Thinker = {
  name: '@anthropic-ai/sdk: messages',
  async run(access, model, stream, result) {
    const client = anthropicClient(access)
    const said: MessageParam[] = [{ role: 'user', content: QUESTION }]
    const send = async () => {
      const body = {
        model,
        max_tokens: 4096,
        thinking: { type: 'enabled' as const, budget_tokens: 1024 },
        messages: said,
        tools: [{ name: WEATHER.name, description: WEATHER.description, input_schema: WEATHER.schema }],
      }
      const { content } = await (stream ? client.messages.stream(body).finalMessage() : client.messages.create(body))
      return content
    }
    const first = await send()
    const call = lastOf(first.flatMap((block) => (block.type === 'tool_use' ? [block] : [])))
    said.push({ role: 'assistant', content: first })
    said.push({ role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: result }] })
    const second = await send()
    return {
      thought: first.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
      text: second.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    }
  },
}

const responses: Thinker = {
  name: 'openai: responses, nothing stored',
  async run(access, model, stream, result) {
    const client = openaiClient(access)
    const input: ResponseInputItem[] = [{ role: 'user', content: QUESTION }]
    const { name, description, schema: parameters } = WEATHER
    const send = () => {
      const body = {
        model,
        input,
        store: false,
        reasoning: { effort: 'low' as const, summary: 'auto' as const },
        include: ['reasoning.encrypted_content' as const],
        tools: [{ type: 'function' as const, name, description, parameters, strict: false }],
      }
      return stream ? client.responses.stream(body).finalResponse() : client.responses.create(body)
    }
    const { output } = await send()
    const call = lastOf(output.flatMap((item) => (item.type === 'function_call' ? [item] : [])))
    input.push(...toResponseInputItems(output), { type: 'function_call_output', call_id: call.call_id, output: result })
    const summaries = output.flatMap((item) => (item.type === 'reasoning' ? item.summary : []))
    return { thought: summaries.map(({ text }) => text).join(''), text: (await send()).output_text }
  },
}

/** What chat completions and their chunks say of thought is no member that OpenAI's client knows: of it nothing is sent back. */
const completions: Thinker = {
  name: 'openai: chat completions, none but documented members sent back',
  // It wants back the text of what it thought, which it does not sign.
  lacks: ['deepseek-chat'],
  async run(access, model, stream, result) {
    const client = openaiClient(access)
    const said: ChatCompletionMessageParam[] = [{ role: 'user', content: QUESTION }]
    const send = async () => {
      const body = { model, messages: said, reasoning_effort: 'low' as const, tools: [WEATHER_FUNCTION] }
      const pieces: Piece[] = []
      if (stream)
        for await (const { choices } of await client.chat.completions.create({ ...body, stream })) pieces.push(...deltasOf(choices))
      else pieces.push(...(await client.chat.completions.create(body)).choices.map(({ message }) => message))
      return pieces
    }
    const first = await send()
    const call = { id: '', type: 'function' as const, function: { name: '', arguments: '' } }
    for (const piece of first.flatMap((message) => message.tool_calls ?? [])) {
      if (piece.id !== undefined) call.id = piece.id
      call.function.name += piece.function?.name ?? ''
      call.function.arguments += piece.function?.arguments ?? ''
    }
    said.push({ role: 'assistant', content: null, tool_calls: [call] }, { role: 'tool', tool_call_id: call.id, content: result })
    const second = await send()
    return {
      thought: first.map((message) => message.reasoning_content ?? message.reasoning ?? '').join(''),
      text: second.map(({ content }) => content ?? '').join(''),
    }
  },
}

/** A message, or a piece of one. */
interface Piece {
  content?: string | null
  tool_calls?: { id?: string; function?: { name?: string; arguments?: string } }[]
  reasoning_content?: string
  reasoning?: string
}

function deltasOf(choices: { delta: Piece }[]): Piece[] {
  return choices.map(({ delta }) => delta)
}

const google: Thinker = {
  name: '@google/genai: chats',
  async run(access, model, stream, result) {
    const { name, description, schema: parametersJsonSchema } = WEATHER
    const chat = googleClient(access).chats.create({
      model,
      config: {
        thinkingConfig: { includeThoughts: true },
        tools: [{ functionDeclarations: [{ name, description, parametersJsonSchema }] }],
      },
    })
    const send = async (message: Parameters<typeof chat.sendMessage>[0]['message']) => {
      const answers = []
      if (stream) for await (const piece of await chat.sendMessageStream({ message })) answers.push(piece)
      else answers.push(await chat.sendMessage({ message }))
      return answers.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
    }
    const first = await send(QUESTION)
    const { id, name: called } = lastOf(first.flatMap(({ functionCall }) => functionCall ?? []))
    const named = { ...(id === undefined ? {} : { id }), ...(called === undefined ? {} : { name: called }) }
    const second = await send([{ functionResponse: { ...named, response: { output: result } } }])
    const texts = (parts: typeof first, thought: boolean): string =>
      parts.map((part) => ((part.thought ?? false) === thought ? (part.text ?? '') : '')).join('')
    return { thought: texts(first, true), text: texts(second, false) }
  },
}

const ollama: Thinker = {
  name: 'ollama: chat',
  async run({ url, key }, model, stream, result) {
    const client = new Ollama({ host: `${url}/ollama`, headers: { authorization: `Bearer ${key}` } })
    const said: Message[] = [{ role: 'user', content: QUESTION }]
    const send = async (): Promise<Message> => {
      const body = { model, messages: said, think: true, tools: [WEATHER_FUNCTION] }
      const answers: ChatResponse[] = []
      if (stream) for await (const piece of await client.chat({ ...body, stream: true })) answers.push(piece)
      else answers.push(await client.chat(body))
      const whole = (member: 'content' | 'thinking'): string => answers.map(({ message }) => message[member] ?? '').join('')
      return {
        role: 'assistant',
        content: whole('content'),
        thinking: whole('thinking'),
        tool_calls: answers.flatMap(({ message }) => message.tool_calls ?? []),
      }
    }
    const first = await send()
    said.push(first, { role: 'tool', tool_name: lastOf(first.tool_calls ?? []).function.name, content: result })
    return { thought: first.thinking ?? '', text: (await send()).content }
  },
}

/** How each provider of the AI SDK is told to have models think. */
const OPTIONS: Record<string, Record<string, Record<string, JSONValue>>> = {
  '@ai-sdk/openai': { openai: { store: false, reasoningEffort: 'low', reasoningSummary: 'auto', forceReasoning: true } },
  '@ai-sdk/anthropic': { anthropic: { thinking: { type: 'enabled', budgetTokens: 1024 } } },
  '@ai-sdk/google': { google: { thinkingConfig: { includeThoughts: true } } },
  '@ai-sdk/openai-compatible': { gateway: { reasoningEffort: 'low' } },
}

const aiSdk: Thinker[] = Object.entries(OPTIONS).map(([name, providerOptions]) => ({
  name: `ai with ${name}: steps`,
  async run(access, model, stream, result) {
    const make = AI_SDK_MODELS[name] ?? AI_SDK_MODELS['@ai-sdk/openai']
    if (make === undefined) throw new Error(`no provider ${name}`)
    const tools: ToolSet = {
      [WEATHER.name]: { description: WEATHER.description, inputSchema: jsonSchema(WEATHER.schema), execute: () => result },
    }
    const asked = { model: make(access, model), prompt: QUESTION, tools, providerOptions, stopWhen: isStepCount(3), maxRetries: 0 }
    if (!stream) {
      const { steps, text } = await generateText(asked)
      return { thought: steps[0]?.reasoningText ?? '', text }
    }
    const streamed = streamText({ ...asked, onError: () => undefined })
    const [steps, text] = [await streamed.steps, await streamed.text]
    return { thought: steps[0]?.reasoningText ?? '', text }
  },
}))

export const THINKERS: Thinker[] = [messages, responses, completions, google, ollama, ...aiSdk]
