/** What Anthropic wants of turns: who begins, what answers what, what text may be. */
import { DOCS } from './docs.ts'
import { blocksOf, turnsOf } from './anthropic-blocks.ts'
import { takesPrefill, takesSystem } from './claude.ts'
import type { Question, Row } from './rule.ts'
import { objects, shown, stringOf } from './walk.ts'
import type { JsonObject, Violation } from '../types.ts'

function ofType(blocks: JsonObject[], type: string): JsonObject[] {
  return blocks.filter((block) => block['type'] === type)
}

function unanswered({ body }: Question): Violation | undefined {
  const turns = turnsOf(body)
  for (const [position, turn] of turns.entries()) {
    const ids = turn.role === 'assistant' ? ofType(turn.blocks, 'tool_use').map((block) => block['id']) : []
    if (ids.length === 0) continue
    const next = turns[position + 1]?.blocks ?? []
    const end = next.findIndex((block) => block['type'] !== 'tool_result')
    const results = (end < 0 ? next : next.slice(0, end)).map((block) => block['tool_use_id'])
    const missing = ids.filter((id) => !results.includes(id))
    if (missing.length === 0) continue
    return {
      message: `messages.${turn.index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
    }
  }
  return undefined
}

function orphan({ body }: Question): Violation | undefined {
  const turns = turnsOf(body)
  for (const [position, turn] of turns.entries()) {
    const called = ofType(turns[position - 1]?.blocks ?? [], 'tool_use').map((block) => block['id'])
    for (const [index, block] of turn.blocks.entries()) {
      if (block['type'] !== 'tool_result' || called.includes(block['tool_use_id'])) continue
      return {
        message: `messages.${turn.index}.content.${index}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${String(block['tool_use_id'])}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      }
    }
  }
  return undefined
}

function twice({ body }: Question): Violation | undefined {
  for (const turn of turnsOf(body)) {
    const ids = ofType(turn.blocks, 'tool_result').map((block) => block['tool_use_id'])
    const again = ids.find((id, index) => ids.indexOf(id) !== index)
    if (again === undefined) continue
    return {
      message: `messages.${turn.index}.content.${ids.lastIndexOf(again)}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${shown(again)}`,
    }
  }
  return undefined
}

function repeated({ body }: Question): Violation | undefined {
  const ids = turnsOf(body).flatMap((turn) => ofType(turn.blocks, 'tool_use').map((block) => block['id']))
  return new Set(ids).size === ids.length ? undefined : { message: 'messages: `tool_use` ids must be unique' }
}

/** Text blocks of messages and of the system, results of tools included. */
function texts(body: JsonObject): string[] {
  const inside = (blocks: JsonObject[]): string[] =>
    blocks.flatMap((block) => {
      if (block['type'] === 'tool_result' && Array.isArray(block['content'])) return inside(objects(block['content']))
      return block['type'] === 'text' ? [stringOf(block['text'])] : []
    })
  const spoken = objects(body['messages']).flatMap((message) => (typeof message['content'] === 'string' ? [] : inside(blocksOf(message))))
  return [...spoken, ...inside(objects(body['system']))]
}

function isEmpty({ content }: JsonObject): boolean {
  return content === '' || (Array.isArray(content) && content.length === 0)
}

function hollow({ body }: Question): Violation | undefined {
  const messages = objects(body['messages'])
  const index = messages.findIndex((message, at) => {
    const { role } = message
    return isEmpty(message) && role !== 'system' && !(at === messages.length - 1 && role === 'assistant')
  })
  return index < 0
    ? undefined
    : { message: `messages.${index}: all messages must have non-empty content except for the optional final assistant message` }
}

function misplaced({ body }: Question): Violation | undefined {
  const messages = objects(body['messages'])
  const index = messages.findIndex((message, at) => {
    if (message['role'] !== 'system' || isEmpty(message)) return false
    const before = messages[at - 1] ?? {}
    const follows = before['role'] === 'user' || blocksOf(before).at(-1)?.['type'] === 'server_tool_use'
    const after = messages[at + 1]?.['role']
    return !follows || (after !== undefined && after !== 'assistant')
  })
  return index < 0
    ? undefined
    : {
        message: `messages.${index}: a 'system' message must immediately follow a 'user' message or an 'assistant' message ending in server tool use, and must be last or followed by an 'assistant' message`,
      }
}

function lastAssistantText({ body }: Question): string | undefined {
  const last = objects(body['messages']).at(-1)
  const block = last?.['role'] === 'assistant' ? blocksOf(last).at(-1) : undefined
  return block?.['type'] === 'text' ? stringOf(block['text']) : undefined
}

/** Looked at before the form of anything else. */
export const anthropicOpening: Row[] = [
  [
    'anthropic.messages-empty',
    'There is at least one message',
    DOCS.anthropicMessages,
    ({ body }) => (objects(body['messages']).length > 0 ? undefined : { message: 'messages: at least one message is required' }),
  ],
  [
    'anthropic.system-role',
    'Models before Opus 4.8, and Sonnet 5, take no messages of the role system; nor does Claude on Vertex',
    DOCS.anthropicSystem,
    ({ body, route }) =>
      objects(body['messages']).some((message) => message['role'] === 'system') && (route.vendor === 'vertex' || !takesSystem(route.model))
        ? { message: "role 'system' is not supported on this model" }
        : undefined,
  ],
  [
    'anthropic.system-first',
    'The first message is not of the system: that is what the member `system` is for',
    DOCS.anthropicSystem,
    ({ body }) =>
      objects(body['messages']).findIndex((message) => message['role'] === 'system' && !isEmpty(message)) === 0
        ? {
            message:
              "messages.0: use the top-level 'system' parameter for the initial system prompt; the directive-only form (content: [] with output_config) is accepted at any position",
          }
        : undefined,
  ],
  [
    'anthropic.system-place',
    'A message of the system follows one of the user, or a call of a server tool, and is the last or has one of the assistant after it',
    DOCS.anthropicSystem,
    misplaced,
  ],
  [
    'anthropic.first-user',
    'The first message is of the user; after it, consecutive messages of one role are taken as one turn',
    DOCS.anthropicMessages,
    ({ body }) =>
      objects(body['messages'])[0]?.['role'] === 'assistant' ? { message: 'messages: first message must use the "user" role' } : undefined,
  ],
]

export const anthropicTurns: Row[] = [
  ['anthropic.content-empty', 'Every message but a last one of the assistant has content', DOCS.anthropicErrors, hollow],
  [
    'anthropic.text-empty',
    'No text block is empty',
    DOCS.anthropicErrors,
    ({ body }) => (texts(body).includes('') ? { message: 'messages: text content blocks must be non-empty' } : undefined),
  ],
  [
    'anthropic.text-blank',
    'No text block is of white space alone',
    DOCS.anthropicErrors,
    ({ body }) =>
      texts(body).some((text) => text.trim() === '')
        ? { message: 'messages: text content blocks must contain non-whitespace text' }
        : undefined,
  ],
  [
    'anthropic.final-whitespace',
    'A last message of the assistant does not end in white space',
    DOCS.anthropicWorking,
    (question) =>
      /\s$/.test(lastAssistantText(question) ?? '')
        ? { message: 'messages: final assistant content cannot end with trailing whitespace' }
        : undefined,
  ],
  [
    'anthropic.prefill',
    'From Claude 4.6 on, the last message is of the user',
    DOCS.anthropicWorking,
    (question) =>
      lastAssistantText(question) !== undefined && !takesPrefill(question.route.model)
        ? { message: 'This model does not support assistant message prefill. The conversation must end with a user message.' }
        : undefined,
  ],
  ['anthropic.tool-id-unique', 'Ids of calls are unique', DOCS.anthropicHandleTools, repeated],
  [
    'anthropic.tool-unanswered',
    'Every call is answered in the next message, before anything else in it',
    DOCS.anthropicHandleTools,
    unanswered,
  ],
  ['anthropic.tool-orphan', 'Every result answers a call of the message before it', DOCS.anthropicHandleTools, orphan],
  ['anthropic.tool-twice', 'A call has one result', DOCS.anthropicParallelTools, twice],
]
