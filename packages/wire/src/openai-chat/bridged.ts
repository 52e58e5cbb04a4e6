import { isObject, type JsonObject } from '../json/object.ts'

/** What the assistant says between a tool and the user, where the vendor wants it to. */
const READ = { role: 'assistant', content: 'I have read that.' }

/** Messages in which the user never speaks right after a tool; the very array where that is so already. */
export function bridged<Message>(messages: readonly Message[]): readonly (Message | JsonObject)[] {
  const isGap = (message: Message, index: number): boolean => roleOf(message) === 'user' && roleOf(messages[index - 1]) === 'tool'
  if (!messages.some(isGap)) return messages
  return messages.flatMap((message, index) => (isGap(message, index) ? [READ, message] : [message]))
}

function roleOf(message: unknown): unknown {
  return isObject(message) ? message['role'] : undefined
}
