import { GoogleGenAI } from '@google/genai'
import type { Chat, GenerateContentConfig, GenerateContentResponse, Part } from '@google/genai'
import { inclusive, lastOf, MAX_TOKENS, QUESTION, SYSTEM, WEATHER } from './client.ts'
import type { Access, Heard, SdkClient, Talk, TalkOptions } from './client.ts'

export function googleClient({ url, key }: Access): GoogleGenAI {
  return new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } })
}

/** The package @google/genai, chats: `sendMessage` and `sendMessageStream`, which keep the history. */
export const google: SdkClient = {
  name: '@google/genai',
  talk: (access, model, options) => new ChatsTalk(access, model, options),
  // R2: Gemini says STOP after function calls, too.
  stops: { stop: 'STOP', tool_calls: 'STOP' },
  usage: inclusive,
}

class ChatsTalk implements Talk {
  readonly #chat: Chat
  readonly #stream: boolean
  #call: { id?: string; name?: string } | undefined

  constructor(access: Access, model: string, { stream, tools }: TalkOptions) {
    const config: GenerateContentConfig = {
      systemInstruction: SYSTEM,
      maxOutputTokens: MAX_TOKENS,
      ...(tools
        ? {
            tools: [
              { functionDeclarations: [{ name: WEATHER.name, description: WEATHER.description, parametersJsonSchema: WEATHER.schema }] },
            ],
          }
        : {}),
    }
    this.#chat = googleClient(access).chats.create({ model, config })
    this.#stream = stream
  }

  ask(): Promise<Heard> {
    return this.#say(QUESTION)
  }

  answer(result: string): Promise<Heard> {
    const { id, name } = lastOf([this.#call].filter((call) => call !== undefined))
    return this.#say([
      { functionResponse: { ...(id === undefined ? {} : { id }), ...(name === undefined ? {} : { name }), response: { output: result } } },
    ])
  }

  async #say(message: string | Part[]): Promise<Heard> {
    const answers: GenerateContentResponse[] = []
    if (this.#stream) for await (const piece of await this.#chat.sendMessageStream({ message })) answers.push(piece)
    else answers.push(await this.#chat.sendMessage({ message }))
    const calls = answers.flatMap((answer) => answer.functionCalls ?? [])
    this.#call = calls.at(-1)
    const texts = answers.map((answer) => answer.text ?? '').filter((text) => text !== '')
    const usage = answers.at(-1)?.usageMetadata
    return {
      text: texts.join(''),
      pieces: texts.length,
      calls: calls.map((call) => ({ name: call.name ?? '', arguments: call.args })),
      stop: answers.at(-1)?.candidates?.[0]?.finishReason ?? '',
      usage: {
        input: usage?.promptTokenCount,
        output: (usage?.candidatesTokenCount ?? 0) + (usage?.thoughtsTokenCount ?? 0),
        cached: usage?.cachedContentTokenCount ?? 0,
      },
    }
  }
}
