import { CohereClientV2 } from 'cohere-ai'
import type { Cohere } from 'cohere-ai'
import { lastOf, MAX_TOKENS, QUESTION, SYSTEM, WEATHER_FUNCTION, withoutCached } from './client.ts'
import type { Access, Heard, SdkClient, Talk, TalkOptions } from './client.ts'

function cohereClient({ url, key }: Access): CohereClientV2 {
  return new CohereClientV2({ baseUrl: url, token: key })
}

/** The package cohere-ai, version 2 of its API: `chat` and `chatStream`. */
export const cohere: SdkClient = {
  name: 'cohere-ai',
  talk: (access, model, options) => new CohereTalk(access, model, options),
  stops: { stop: 'COMPLETE', tool_calls: 'TOOL_CALL' },
  usage: withoutCached,
  broken: 'ERROR',
}

interface Said {
  text: string
  pieces: number
  plan: string
  calls: Cohere.ToolCallV2[]
  stop: string
  usage: Cohere.Usage | undefined
}

class CohereTalk implements Talk {
  readonly #client: CohereClientV2
  readonly #model: string
  readonly #options: TalkOptions
  readonly #messages: Cohere.ChatMessages = [
    { role: 'system', content: SYSTEM },
    { role: 'user', content: QUESTION },
  ]
  #calls: Cohere.ToolCallV2[] = []

  constructor(access: Access, model: string, options: TalkOptions) {
    this.#client = cohereClient(access)
    this.#model = model
    this.#options = options
  }

  async ask(): Promise<Heard> {
    const { text, pieces, plan, calls, stop, usage } = await (this.#options.stream ? this.#streamed() : this.#whole())
    this.#calls = calls
    this.#messages.push({
      role: 'assistant',
      ...(text === '' ? {} : { content: text }),
      ...(plan === '' ? {} : { toolPlan: plan }),
      ...(calls.length === 0 ? {} : { toolCalls: calls }),
    })
    return {
      text,
      pieces,
      calls: calls.map((call) => ({ name: call.function?.name ?? '', arguments: JSON.parse(call.function?.arguments ?? '') as unknown })),
      stop,
      usage: { input: usage?.tokens?.inputTokens, output: usage?.tokens?.outputTokens },
    }
  }

  answer(result: string): Promise<Heard> {
    this.#messages.push({ role: 'tool', toolCallId: lastOf(this.#calls).id, content: result })
    return this.ask()
  }

  get #body(): Cohere.V2ChatRequest {
    const tools = this.#options.tools ? { tools: [WEATHER_FUNCTION] } : {}
    return { model: this.#model, messages: this.#messages, maxTokens: MAX_TOKENS, ...tools }
  }

  async #whole(): Promise<Said> {
    const { message, finishReason, usage } = await this.#client.chat(this.#body)
    const text = (message.content ?? []).map((content) => (content.type === 'text' ? content.text : '')).join('')
    return { text, pieces: 1, plan: message.toolPlan ?? '', calls: message.toolCalls ?? [], stop: finishReason, usage }
  }

  async #streamed(): Promise<Said> {
    const said: Said = { text: '', pieces: 0, plan: '', calls: [], stop: '', usage: undefined }
    for await (const event of await this.#client.chatStream(this.#body)) take(said, event)
    return said
  }
}

function take(said: Said, event: Cohere.V2ChatStreamResponse): void {
  if (event.type === 'content-delta') {
    const text = event.delta?.message?.content?.text ?? ''
    said.text += text
    if (text !== '') said.pieces++
  } else if (event.type === 'tool-plan-delta') {
    said.plan += event.delta?.message?.toolPlan ?? ''
  } else if (event.type === 'tool-call-start') {
    const call = event.delta?.message?.toolCalls
    if (call !== undefined) said.calls.push(structuredClone(call))
  } else if (event.type === 'tool-call-delta') {
    const known = lastOf(said.calls).function
    if (known !== undefined) known.arguments = (known.arguments ?? '') + (event.delta?.message?.toolCalls?.function?.arguments ?? '')
  } else if (event.type === 'message-end') {
    said.stop = event.delta?.finishReason ?? ''
    said.usage = event.delta?.usage
  }
}
