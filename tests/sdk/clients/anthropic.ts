import Anthropic from '@anthropic-ai/sdk'
import type { Message, MessageParam } from '@anthropic-ai/sdk/resources/messages'
import { lastOf, MAX_TOKENS, QUESTION, SYSTEM, WEATHER } from './client.ts'
import type { Access, Heard, SdkClient, Talk, TalkOptions } from './client.ts'

export function anthropicClient({ url, key }: Access): Anthropic {
  return new Anthropic({ baseURL: url, apiKey: key })
}

/** The package @anthropic-ai/sdk: `messages.create`, and the helper `messages.stream`. */
export const anthropic: SdkClient = {
  name: '@anthropic-ai/sdk',
  talk: (access, model, options) => new MessagesTalk(access, model, options),
  stops: { stop: 'end_turn', tool_calls: 'tool_use' },
  // U1: input here is without what came from the cache.
  usage: ({ input, cacheRead = 0, output, reasoning = 0 }) => ({ input, output: output + reasoning, cached: cacheRead }),
}

class MessagesTalk implements Talk {
  readonly #client: Anthropic
  readonly #model: string
  readonly #options: TalkOptions
  readonly #messages: MessageParam[] = [{ role: 'user', content: QUESTION }]

  constructor(access: Access, model: string, options: TalkOptions) {
    this.#client = anthropicClient(access)
    this.#model = model
    this.#options = options
  }

  async ask(): Promise<Heard> {
    const { message, pieces } = await this.#send()
    this.#messages.push({ role: 'assistant', content: message.content })
    return {
      text: message.content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
      pieces,
      calls: message.content.flatMap((block) => (block.type === 'tool_use' ? [{ name: block.name, arguments: block.input }] : [])),
      stop: message.stop_reason ?? '',
      usage: {
        input: message.usage.input_tokens,
        output: message.usage.output_tokens,
        cached: message.usage.cache_read_input_tokens ?? 0,
      },
    }
  }

  answer(result: string): Promise<Heard> {
    const last = this.#messages.at(-1)?.content
    const blocks = typeof last === 'string' || last === undefined ? [] : last
    const call = lastOf(blocks.flatMap((block) => (block.type === 'tool_use' ? [block] : [])))
    this.#messages.push({ role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: result }] })
    return this.ask()
  }

  async #send(): Promise<{ message: Message; pieces: number }> {
    const { stream, tools } = this.#options
    const body = {
      model: this.#model,
      system: SYSTEM,
      messages: this.#messages,
      max_tokens: MAX_TOKENS,
      ...(tools ? { tools: [{ name: WEATHER.name, description: WEATHER.description, input_schema: WEATHER.schema }] } : {}),
    }
    if (!stream) return { message: await this.#client.messages.create(body), pieces: 1 }
    let pieces = 0
    const running = this.#client.messages.stream(body)
    running.on('text', () => pieces++)
    return { message: await running.finalMessage(), pieces }
  }
}
