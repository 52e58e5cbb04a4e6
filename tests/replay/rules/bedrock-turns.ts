/** What Bedrock's Converse wants of messages: who follows whom, what answers what, where documents may be. */
import { DOCS } from './docs.ts'
import type { Question, Row } from './rule.ts'
import { everyObject, objectAt, objects, shown, stringOf } from './walk.ts'
import type { JsonObject, Violation } from '../types.ts'

interface Message {
  role: unknown
  content: JsonObject[]
}

function messagesOf({ body }: Question): Message[] {
  return objects(body['messages']).map((message) => ({ role: message['role'], content: objects(message['content']) }))
}

function idsOf(message: Message | undefined, member: 'toolUse' | 'toolResult'): unknown[] {
  return (message?.content ?? []).filter((block) => block[member] !== undefined).map((block) => objectAt(block, member)['toolUseId'])
}

function unanswered(question: Question): Violation | undefined {
  const messages = messagesOf(question)
  for (const [index, message] of messages.entries()) {
    const missing = idsOf(message, 'toolUse').filter((id) => !idsOf(messages[index + 1], 'toolResult').includes(id))
    if (missing.length === 0) continue
    return { message: `Expected toolResult blocks at messages.${index + 1}.content for the following Ids: ${missing.join(', ')}` }
  }
  return undefined
}

function orphan(question: Question): Violation | undefined {
  const messages = messagesOf(question)
  const index = messages.findIndex((message, at) =>
    idsOf(message, 'toolResult').some((id) => !idsOf(messages[at - 1], 'toolUse').includes(id)),
  )
  return index < 0
    ? undefined
    : { message: `The number of toolResult blocks at messages.${index}.content exceeds the number of toolUse blocks of previous turn.` }
}

function twice(question: Question): Violation | undefined {
  for (const [index, message] of messagesOf(question).entries()) {
    for (const member of ['toolUse', 'toolResult'] as const) {
      const ids = idsOf(message, member)
      const again = ids.find((id, at) => ids.indexOf(id) !== at)
      if (again !== undefined)
        return { message: `The ${member} blocks at messages.${index}.content contain duplicate Ids: ${shown(again)}` }
    }
  }
  return undefined
}

function withoutConfig(question: Question): Violation | undefined {
  const used = messagesOf(question).some((message) => [...idsOf(message, 'toolUse'), ...idsOf(message, 'toolResult')].length > 0)
  return used && question.body['toolConfig'] == null
    ? { message: 'The toolConfig field must be defined when using toolUse and toolResult content blocks.' }
    : undefined
}

function blank(question: Question): Violation | undefined {
  for (const [index, message] of messagesOf(question).entries()) {
    if (message.content.length === 0) {
      return {
        message: `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the content field and try again.`,
      }
    }
    const at = message.content.findIndex((block) => typeof block['text'] === 'string' && stringOf(block['text']).trim() === '')
    if (at >= 0) {
      return {
        message: `The text field in the ContentBlock object at messages.${index}.content.${at} is blank. Add text to the text field, and try again.`,
      }
    }
  }
  return undefined
}

function media(question: Question): Violation | undefined {
  const messages = messagesOf(question)
  const index = messages.findIndex(
    ({ role, content }) =>
      role === 'assistant' && content.some((block) => ['image', 'document', 'video'].some((name) => block[name] !== undefined)),
  )
  return index < 0 ? undefined : { message: `messages.${index}: You can only include images, documents and videos if the role is user.` }
}

function wrongRole(question: Question): Violation | undefined {
  for (const [index, message] of messagesOf(question).entries()) {
    const member = message.role === 'user' ? 'toolUse' : 'toolResult'
    if (idsOf(message, member).length > 0) {
      return {
        message: `messages.${index}: ${member} blocks can only be provided in ${member === 'toolUse' ? 'assistant' : 'user'} messages.`,
      }
    }
  }
  return undefined
}

function documentNames(question: Question): Violation | undefined {
  const names = messagesOf(question).flatMap((message) => message.content.map((block) => objectAt(block, 'document')['name']))
  const wrong = names.some((name) => typeof name === 'string' && (!/^[a-zA-Z0-9\s\-()[\]]+$/.test(name) || /\s\s/.test(name)))
  return wrong
    ? {
        message:
          "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character.",
      }
    : undefined
}

function documentAlone(question: Question): Violation | undefined {
  const wrong = messagesOf(question).some(
    ({ content }) =>
      content.some((block) => block['document'] !== undefined) && !content.some((block) => typeof block['text'] === 'string'),
  )
  return wrong
    ? {
        message:
          'A text block must be included in the content field of a message that includes a document. Add a text block and try again.',
      }
    : undefined
}

function documentCount(question: Question): Violation | undefined {
  const index = messagesOf(question).findIndex(({ content }) => content.filter((block) => block['document'] !== undefined).length > 5)
  return index < 0 ? undefined : { message: `The number of documents at messages.${index}.content exceeds the maximum of 5.` }
}

function cachePoints({ body, route }: Question): Violation | undefined {
  const count = [...everyObject(body)].filter(({ value }) => value['cachePoint'] !== undefined).length
  return count > 4 && /anthropic/.test(route.model)
    ? { message: `The model returned the following errors: A maximum of 4 blocks with cache_control may be provided. Found ${count}.` }
    : undefined
}

function forged(question: Question): Violation | undefined {
  for (const [index, message] of messagesOf(question).entries()) {
    for (const [at, block] of message.content.entries()) {
      const { text, signature } = objectAt(block, 'reasoningContent', 'reasoningText')
      if (signature === undefined || question.issued.get(shown(signature))?.text === text) continue
      return {
        message: `The model returned the following errors: messages.${index}.content.${at}: Invalid \`signature\` in \`thinking\` block`,
      }
    }
  }
  return undefined
}

function base64({ body }: Question): Violation | undefined {
  const wrong = [...everyObject(body['messages'])].some(
    ({ value }) => typeof value['bytes'] === 'string' && !/^[A-Za-z0-9+/]*={0,2}$/.test(value['bytes']),
  )
  return wrong ? { message: 'Failed to decode base64 data.', type: 'SerializationException' } : undefined
}

export const bedrockTurns: Row[] = [
  [
    'bedrock.messages-empty',
    'There is at least one message',
    DOCS.bedrockConverse,
    (question) =>
      messagesOf(question).length > 0
        ? undefined
        : { message: 'A conversation must start with a user message. Try again with a conversation that starts with a user message.' },
  ],
  [
    'bedrock.first-user',
    'The first message is of the user',
    DOCS.bedrockMessage,
    (question) =>
      messagesOf(question)[0]?.role === 'user'
        ? undefined
        : { message: 'A conversation must start with a user message. Try again with a conversation that starts with a user message.' },
  ],
  [
    'bedrock.alternate',
    'Messages of user and assistant alternate',
    DOCS.bedrockMessage,
    (question) =>
      messagesOf(question).some((message, index, all) => index > 0 && message.role === all[index - 1]?.role)
        ? {
            message:
              'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.',
          }
        : undefined,
  ],
  ['bedrock.blank', 'Every message has content, and no text is blank', DOCS.bedrockMessage, blank],
  ['bedrock.tool-config', 'Calls and results in messages want a tool configuration', DOCS.bedrockToolCalling, withoutConfig],
  ['bedrock.tool-role', 'Calls are of the assistant, results of the user', DOCS.bedrockToolCalling, wrongRole],
  ['bedrock.tool-duplicate', 'No id of a call or a result comes twice in a message', DOCS.bedrockToolCalling, twice],
  ['bedrock.tool-unanswered', 'Every call is answered in the next message', DOCS.bedrockToolCalling, unanswered],
  ['bedrock.tool-orphan', 'Every result answers a call of the message before it', DOCS.bedrockToolCalling, orphan],
  ['bedrock.media-role', 'Images, documents and videos are of the user', DOCS.bedrockMessage, media],
  [
    'bedrock.document-name',
    'Names of documents have letters, digits, single spaces, hyphens and brackets',
    DOCS.bedrockDocument,
    documentNames,
  ],
  ['bedrock.document-text', 'A document comes with a text', DOCS.bedrockMessage, documentAlone],
  ['bedrock.document-count', 'A message has at most five documents', DOCS.bedrockMessage, documentCount],
  ['bedrock.base64', 'Bytes are base64', DOCS.bedrockImage, base64],
  ['bedrock.cache-count', 'Claude takes at most 4 points for the cache', DOCS.bedrockCachePoint, cachePoints],
  ['bedrock.signature', 'Reasoning comes back as it was given out: the text, and its signature', DOCS.bedrockReasoning, forged],
]
