import { AIMessageChunk, HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages'
import type { AIMessage, BaseMessage, UsageMetadata } from '@langchain/core/messages'
import { ChatOpenAI } from '@langchain/openai'
import { inclusive, lastOf, MAX_TOKENS, QUESTION, SYSTEM, WEATHER_FUNCTION } from './client.ts'
import type { Access, Heard, SdkClient, Talk, TalkOptions } from './client.ts'

function langchainModel({ url, key }: Access, model: string, useResponsesApi = false): ChatOpenAI {
  return new ChatOpenAI({ model, apiKey: key, configuration: { baseURL: `${url}/v1` }, maxTokens: MAX_TOKENS, useResponsesApi })
}

/** The package @langchain/openai: `invoke` and `stream`. */
export const langchain: SdkClient[] = [false, true].map((responses) => ({
  name: `@langchain/openai${responses ? ': responses' : ''}`,
  talk: (access, model, options) => new LangchainTalk(langchainModel(access, model, responses), options),
  stops: responses ? { stop: 'completed', tool_calls: 'completed' } : { stop: 'stop', tool_calls: 'tool_calls' },
  usage: inclusive,
}))

class LangchainTalk implements Talk {
  readonly #model: ReturnType<ChatOpenAI['bindTools']>
  readonly #stream: boolean
  readonly #messages: BaseMessage[] = [new SystemMessage(SYSTEM), new HumanMessage(QUESTION)]
  #last: AIMessage | undefined

  constructor(model: ChatOpenAI, { stream, tools }: TalkOptions) {
    this.#model = model.bindTools(tools ? [WEATHER_FUNCTION] : [])
    this.#stream = stream
  }

  async ask(): Promise<Heard> {
    const { message, pieces } = await this.#send()
    this.#last = message
    this.#messages.push(message)
    const { finish_reason: finish, status } = message.response_metadata as { finish_reason?: string; status?: string }
    const usage = message.usage_metadata as UsageMetadata | undefined
    return {
      text: message.text,
      pieces,
      calls: (message.tool_calls ?? []).map(({ name, args }) => ({ name, arguments: args as unknown })),
      stop: finish ?? status ?? '',
      usage: {
        input: usage?.input_tokens,
        output: usage?.output_tokens,
        cached: usage?.input_token_details?.cache_read ?? 0,
      },
    }
  }

  answer(result: string): Promise<Heard> {
    const { id } = lastOf(this.#last?.tool_calls ?? [])
    this.#messages.push(new ToolMessage({ content: result, tool_call_id: id ?? '' }))
    return this.ask()
  }

  async #send(): Promise<{ message: AIMessage; pieces: number }> {
    if (!this.#stream) return { message: await this.#model.invoke(this.#messages), pieces: 1 }
    let whole = new AIMessageChunk({ content: '' })
    let pieces = 0
    for await (const piece of await this.#model.stream(this.#messages)) {
      if (piece.text !== '') pieces++
      whole = whole.concat(piece)
    }
    return { message: whole, pieces }
  }
}
