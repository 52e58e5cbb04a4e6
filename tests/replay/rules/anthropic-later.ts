/** What the version 2026-10-21 of Anthropic's API took away. */
import { blocksOf } from './anthropic-blocks.ts'
import { DOCS } from './docs.ts'
import type { Question, Row } from './rule.ts'
import { array, objects } from './walk.ts'
import type { JsonObject, Violation } from '../types.ts'

function isLater({ call }: Question): boolean {
  return call.headers['anthropic-version'] === '2026-10-21'
}

/** The first block of these messages that is not as it should be. */
function blockOf({ body }: Question, role: string, isWrong: (block: JsonObject) => boolean): string | undefined {
  for (const [index, message] of objects(body['messages']).entries()) {
    const at = message['role'] === role ? blocksOf(message).findIndex((block) => isWrong(block)) : -1
    if (at >= 0) return `messages.${index}.content.${at}`
  }
  return undefined
}

function isCited(block: JsonObject): boolean {
  if (block['type'] === 'search_result') return objects(block['content']).some((inner) => isCited(inner))
  return block['type'] === 'text' && array(block['citations']).length > 0
}

function sampled(question: Question): Violation | undefined {
  const member = ['temperature', 'top_p', 'top_k'].find((name) => question.body[name] !== undefined)
  return member !== undefined && isLater(question) ? { message: `${member}: Extra inputs are not permitted` } : undefined
}

export const anthropicLater: Row[] = [
  ['anthropic.sampling-removed', 'Version 2026-10-21 knows no `temperature`, `top_p` and `top_k`', DOCS.anthropicMigration, sampled],
  [
    'anthropic.assistant-document',
    'In version 2026-10-21 the assistant says no documents',
    DOCS.anthropicMigration,
    (question) => {
      const at = isLater(question) ? blockOf(question, 'assistant', (block) => block['type'] === 'document') : undefined
      return at === undefined ? undefined : { message: `${at}: \`document\` blocks are not permitted in \`assistant\` messages` }
    },
  ],
  [
    'anthropic.user-citations',
    'In version 2026-10-21 the texts of the user have no citations',
    DOCS.anthropicMigration,
    (question) => {
      const at = isLater(question) ? blockOf(question, 'user', isCited) : undefined
      return at === undefined ? undefined : { message: `${at}: \`citations\` are not permitted on \`text\` blocks in \`user\` messages` }
    },
  ],
]
