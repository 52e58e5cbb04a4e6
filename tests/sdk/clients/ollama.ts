import { Ollama } from 'ollama'
import type { ChatResponse, Message } from 'ollama'
import { lastOf, MAX_TOKENS, QUESTION, SYSTEM, WEATHER_FUNCTION, withoutCached } from './client.ts'
import type { Access, Heard, SdkClient, Talk, TalkOptions } from './client.ts'

function ollamaClient({ url, key }: Access): Ollama {
  return new Ollama({ host: `${url}/ollama`, headers: { authorization: `Bearer ${key}` } })
}

/** The package ollama: `chat`, whole and streamed. */
export const ollama: SdkClient = {
  name: 'ollama: chat',
  talk: (access, model, options) => new OllamaTalk(access, model, options),
  // Ollama says `stop` after tool calls, too.
  stops: { stop: 'stop', tool_calls: 'stop' },
  usage: withoutCached,
}

class OllamaTalk implements Talk {
  readonly #client: Ollama
  readonly #model: string
  readonly #options: TalkOptions
  readonly #messages: Message[] = [
    { role: 'system', content: SYSTEM },
    { role: 'user', content: QUESTION },
  ]

  constructor(access: Access, model: string, options: TalkOptions) {
    this.#client = ollamaClient(access)
    this.#model = model
    this.#options = options
  }

  async ask(): Promise<Heard> {
    const answers = await this.#send()
    const last = lastOf(answers)
    const texts = answers.map(({ message }) => message.content).filter((text) => text !== '')
    const calls = answers.flatMap(({ message }) => message.tool_calls ?? [])
    this.#messages.push({ role: 'assistant', content: texts.join(''), ...(calls.length === 0 ? {} : { tool_calls: calls }) })
    return {
      text: texts.join(''),
      pieces: texts.length,
      calls: calls.map((call) => ({ name: call.function.name, arguments: call.function.arguments as unknown })),
      stop: last.done_reason,
      usage: { input: last.prompt_eval_count, output: last.eval_count },
    }
  }

  answer(result: string): Promise<Heard> {
    const call = lastOf(this.#messages.at(-1)?.tool_calls ?? [])
    this.#messages.push({ role: 'tool', tool_name: call.function.name, content: result })
    return this.ask()
  }

  async #send(): Promise<ChatResponse[]> {
    const { stream, tools } = this.#options
    const body = {
      model: this.#model,
      messages: this.#messages,
      options: { num_predict: MAX_TOKENS },
      ...(tools ? { tools: [WEATHER_FUNCTION] } : {}),
    }
    if (!stream) return [await this.#client.chat(body)]
    const answers: ChatResponse[] = []
    for await (const piece of await this.#client.chat({ ...body, stream: true })) answers.push(piece)
    return answers
  }
}
