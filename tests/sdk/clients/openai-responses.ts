import type OpenAI from 'openai'
import { toResponseInputItems } from 'openai/lib/responses/ResponseInputItems'
import type { Response, ResponseInputItem } from 'openai/resources/responses/responses'
import { inclusive, lastOf, MAX_TOKENS, QUESTION, SYSTEM, WEATHER } from './client.ts'
import type { Access, Heard, SdkClient, Talk, TalkOptions } from './client.ts'
import { openaiClient } from './openai-chat.ts'

/** The openai package, responses: `create`, and the helper `stream`; the conversation is kept by the application. */
export const openaiResponses: SdkClient = {
  name: 'openai: responses',
  talk: (access, model, options) => new ResponsesTalk(access, model, options),
  stops: { stop: 'completed', tool_calls: 'completed' },
  usage: inclusive,
}

class ResponsesTalk implements Talk {
  readonly #client: OpenAI
  readonly #model: string
  readonly #options: TalkOptions
  readonly #input: ResponseInputItem[] = [{ role: 'user', content: QUESTION }]

  constructor(access: Access, model: string, options: TalkOptions) {
    this.#client = openaiClient(access)
    this.#model = model
    this.#options = options
  }

  async ask(): Promise<Heard> {
    const { response, pieces } = await this.#send()
    this.#input.push(...toResponseInputItems(response.output))
    return {
      text: response.output_text,
      pieces,
      calls: response.output.flatMap((item) =>
        item.type === 'function_call' ? [{ name: item.name, arguments: JSON.parse(item.arguments) as unknown }] : [],
      ),
      stop: response.status ?? '',
      usage: {
        input: response.usage?.input_tokens,
        output: response.usage?.output_tokens,
        cached: response.usage?.input_tokens_details.cached_tokens,
      },
    }
  }

  answer(result: string): Promise<Heard> {
    const call = lastOf(this.#input.flatMap((item) => (item.type === 'function_call' ? [item] : [])))
    this.#input.push({ type: 'function_call_output', call_id: call.call_id, output: result })
    return this.ask()
  }

  async #send(): Promise<{ response: Response; pieces: number }> {
    const { stream, tools } = this.#options
    const body = {
      model: this.#model,
      instructions: SYSTEM,
      input: this.#input,
      max_output_tokens: MAX_TOKENS,
      store: false,
      ...(tools
        ? {
            tools: [
              {
                type: 'function' as const,
                name: WEATHER.name,
                description: WEATHER.description,
                parameters: WEATHER.schema,
                strict: false,
              },
            ],
          }
        : {}),
    }
    if (!stream) return { response: await this.#client.responses.create(body), pieces: 1 }
    let pieces = 0
    const running = this.#client.responses.stream(body)
    running.on('response.output_text.delta', () => pieces++)
    return { response: await running.finalResponse(), pieces }
  }
}
