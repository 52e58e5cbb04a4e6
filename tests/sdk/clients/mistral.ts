import { Mistral } from '@mistralai/mistralai'
import type { ChatCompletionRequest, DeltaMessage, ToolCall, UsageInfo } from '@mistralai/mistralai/models/components'
import { lastOf, MAX_TOKENS, QUESTION, SYSTEM, WEATHER_FUNCTION, withoutCached } from './client.ts'
import type { PlaceName } from '../world.ts'
import type { Access, Heard, SdkClient, Talk, TalkOptions } from './client.ts'

function mistralClient({ url, key }: Access): Mistral {
  return new Mistral({ serverURL: url, apiKey: key })
}

/** The package @mistralai/mistralai: `chat.complete` and `chat.stream`. */
export const mistral: SdkClient = {
  name: '@mistralai/mistralai',
  talk: (access, model, options) => new MistralTalk(access, model, options),
  stops: { stop: 'stop', tool_calls: 'tool_calls' },
  usage: (of, place, { stream }) => (stream && !TELLS_USAGE.has(place) ? { input: undefined, output: undefined } : withoutCached(of)),
  // It knows no error in a stream, and fails on what is no chunk.
  broken: /expected string, received undefined/,
  cannot: (place, { stream, tools }) => {
    // Asked for usage, OpenAI tells `"usage": null` in every chunk before the last.
    if (stream && (place === 'openai' || place === 'ollama')) return /expected object, received null/
    // It gives calls back with their `index`.
    if (tools && place === 'openai') return /tool_calls\[0\]\.index/
    // Every piece of a call must have a name for it; Mistral gives calls in one piece.
    return stream && tools && place !== 'mistral' ? /expected string, received undefined/ : undefined
  },
}

/** It does not ask for usage in streams; these vendors tell it unasked. */
const TELLS_USAGE = new Set<PlaceName>(['mistral', 'deepseek'])

interface Said {
  content: string
  pieces: number
  calls: ToolCall[]
  stop: string
  usage: UsageInfo | undefined
}

class MistralTalk implements Talk {
  readonly #client: Mistral
  readonly #model: string
  readonly #options: TalkOptions
  readonly #messages: ChatCompletionRequest['messages'] = [
    { role: 'system', content: SYSTEM },
    { role: 'user', content: QUESTION },
  ]
  #calls: ToolCall[] = []

  constructor(access: Access, model: string, options: TalkOptions) {
    this.#client = mistralClient(access)
    this.#model = model
    this.#options = options
  }

  async ask(): Promise<Heard> {
    const said = await (this.#options.stream ? this.#streamed() : this.#whole())
    this.#calls = said.calls
    this.#messages.push({ role: 'assistant', content: said.content, ...(said.calls.length === 0 ? {} : { toolCalls: said.calls }) })
    return {
      text: said.content,
      pieces: said.pieces,
      calls: said.calls.map((call) => ({ name: call.function.name, arguments: JSON.parse(jsonOf(call)) as unknown })),
      stop: said.stop,
      usage: { input: said.usage?.promptTokens, output: said.usage?.completionTokens },
    }
  }

  answer(result: string): Promise<Heard> {
    const call = lastOf(this.#calls)
    this.#messages.push({ role: 'tool', toolCallId: call.id, name: call.function.name, content: result })
    return this.ask()
  }

  get #body(): ChatCompletionRequest {
    const tools = this.#options.tools ? { tools: [WEATHER_FUNCTION] } : {}
    return { model: this.#model, messages: this.#messages, maxTokens: MAX_TOKENS, ...tools }
  }

  async #whole(): Promise<Said> {
    const { choices, usage } = await this.#client.chat.complete(this.#body)
    const [choice] = choices
    return { ...read(choice?.message), pieces: 1, stop: choice?.finishReason ?? '', usage }
  }

  async #streamed(): Promise<Said> {
    const said: Said = { content: '', pieces: 0, calls: [], stop: '', usage: undefined }
    for await (const { data } of await this.#client.chat.stream(this.#body)) {
      for (const { delta, finishReason } of data.choices) {
        const { content, calls } = read(delta)
        said.content += content
        if (content !== '') said.pieces++
        for (const call of calls) gather(said.calls, call)
        said.stop = finishReason ?? said.stop
      }
      said.usage = data.usage ?? said.usage
    }
    return said
  }
}

function read(message: Pick<DeltaMessage, 'content' | 'toolCalls'> | undefined): { content: string; calls: ToolCall[] } {
  return { content: typeof message?.content === 'string' ? message.content : '', calls: message?.toolCalls ?? [] }
}

/** T1: a fragment belongs to the call of its index; only the first has name and id. */
function gather(calls: ToolCall[], piece: ToolCall): void {
  const known = calls.find((call) => call.index === piece.index)
  if (known === undefined) calls.push(structuredClone(piece))
  else known.function.arguments = jsonOf(known) + jsonOf(piece)
}

/** Arguments come as JSON, or as the object itself. */
function jsonOf({ function: { arguments: given } }: ToolCall): string {
  return typeof given === 'string' ? given : JSON.stringify(given)
}
