import { listOf, objectOf } from './wire.ts'
import type { JsonObject } from './wire.ts'

/** An answer of OpenAI's chat, put together from the chunks of its stream, as tools do it that read them by hand. */
export interface StreamedChat {
  text: string
  /** Each as it goes back in an assistant message. */
  calls: { id: string; type: 'function'; function: { name: string; arguments: string } }[]
  usage: JsonObject
}

export function chatOf(chunks: JsonObject[]): StreamedChat {
  const chat: StreamedChat = { text: '', calls: [], usage: {} }
  for (const chunk of chunks) {
    if (chunk['error'] !== undefined) throw new Error(JSON.stringify(chunk))
    const delta = objectOf(listOf(chunk['choices'])[0]?.['delta'])
    chat.text += typeof delta['content'] === 'string' ? delta['content'] : ''
    for (const call of listOf(delta['tool_calls'])) grow(chat, call)
    if (chunk['usage'] != null) chat.usage = objectOf(chunk['usage'])
  }
  return chat
}

function grow({ calls }: StreamedChat, { index, id, function: fn }: JsonObject): void {
  const { name, arguments: fragment } = objectOf(fn)
  const at = Number(index)
  const call = (calls[at] ??= { id: '', type: 'function', function: { name: '', arguments: '' } })
  if (typeof id === 'string') call.id = id
  if (typeof name === 'string') call.function.name = name
  if (typeof fragment === 'string') call.function.arguments += fragment
}

export function callsOf({ calls }: StreamedChat): { name: string; arguments: unknown }[] {
  return calls.map(({ function: { name, arguments: text } }) => ({ name, arguments: JSON.parse(text) as unknown }))
}

export function chatUsage({ usage }: StreamedChat): { input: number; output: number } {
  return { input: Number(usage['prompt_tokens']), output: Number(usage['completion_tokens']) }
}
