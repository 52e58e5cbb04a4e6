import OpenAI from 'openai'
import type { ChatCompletion, ChatCompletionMessageParam } from 'openai/resources/chat/completions'
import { inclusive, lastOf, MAX_TOKENS, QUESTION, SYSTEM, WEATHER_FUNCTION } from './client.ts'
import type { Access, Heard, SdkClient, Talk, TalkOptions } from './client.ts'

export function openaiClient({ url, key }: Access): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: key })
}

/** The openai package, chat completions: `create`, and the helper `stream`. */
export const openaiChat: SdkClient = {
  name: 'openai: chat.completions',
  talk: (access, model, options) => new ChatTalk(access, model, options),
  stops: { stop: 'stop', tool_calls: 'tool_calls' },
  usage: inclusive,
}

class ChatTalk implements Talk {
  readonly #client: OpenAI
  readonly #model: string
  readonly #options: TalkOptions
  readonly #messages: ChatCompletionMessageParam[] = [
    { role: 'system', content: SYSTEM },
    { role: 'user', content: QUESTION },
  ]

  constructor(access: Access, model: string, options: TalkOptions) {
    this.#client = openaiClient(access)
    this.#model = model
    this.#options = options
  }

  async ask(): Promise<Heard> {
    const { completion, pieces } = await this.#send()
    const [choice] = completion.choices
    if (choice === undefined) throw new Error('no choice')
    // What the helper `stream` has parsed is its own.
    const { parsed: _, ...message } = choice.message as typeof choice.message & { parsed?: unknown }
    this.#messages.push(message)
    return {
      text: choice.message.content ?? '',
      pieces,
      calls: functionsOf(completion).map((call) => ({
        name: call.function.name,
        arguments: JSON.parse(call.function.arguments) as unknown,
      })),
      stop: choice.finish_reason,
      usage: {
        input: completion.usage?.prompt_tokens,
        output: completion.usage?.completion_tokens,
        cached: completion.usage?.prompt_tokens_details?.cached_tokens ?? 0,
      },
    }
  }

  answer(result: string): Promise<Heard> {
    const last = this.#messages.at(-1)
    const calls = last?.role === 'assistant' ? (last.tool_calls ?? []) : []
    this.#messages.push({ role: 'tool', tool_call_id: lastOf(calls).id, content: result })
    return this.ask()
  }

  async #send(): Promise<{ completion: ChatCompletion; pieces: number }> {
    const { stream, tools } = this.#options
    const body = {
      model: this.#model,
      messages: this.#messages,
      max_completion_tokens: MAX_TOKENS,
      ...(tools ? { tools: [WEATHER_FUNCTION] } : {}),
    }
    if (!stream) return { completion: await this.#client.chat.completions.create(body), pieces: 1 }
    let pieces = 0
    const running = this.#client.chat.completions.stream({ ...body, stream_options: { include_usage: true } })
    running.on('content', () => pieces++)
    return { completion: await running.finalChatCompletion(), pieces }
  }
}

function functionsOf(completion: ChatCompletion): { function: { name: string; arguments: string } }[] {
  return (completion.choices[0]?.message.tool_calls ?? []).flatMap((call) => (call.type === 'function' ? [call] : []))
}
