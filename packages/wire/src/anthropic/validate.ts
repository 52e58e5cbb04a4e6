import type { Invalid } from '../dialect.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { Fields } from './fields.ts'

const LARGEST_LIMIT = 2_147_483_647
const LONGEST_MODEL = 256

/** The first thing that money and routing cannot do without and that is wrong; undefined if they can go on. */
export function validateMessages(body: JsonObject): Invalid | undefined {
  const fields = new Fields()
  const model = fields.needed(body, 'model', '')
  if (model.trim() === '' || model.length > LONGEST_MODEL) {
    fields.wrong('/model', `\`model\` must be a string of 1 to ${LONGEST_MODEL} characters, the name of a model`)
  }
  checkMessages(fields.array(body, 'messages', ''), fields)
  const limit = fields.number(body, 'max_tokens', '')
  // 0 fills the prompt cache and generates nothing.
  if (limit !== undefined && (!Number.isInteger(limit) || limit < 0 || limit > LARGEST_LIMIT)) {
    fields.wrong('/max_tokens', `\`max_tokens\` is ${limit}: it must be a whole number from 0 to ${LARGEST_LIMIT}`)
  }
  fields.boolean(body, 'stream', '')
  fields.array(body, 'tools', '')
  fields.object(body, 'tool_choice', '')
  fields.object(body, 'output_config', '')
  const metadata = fields.object(body, 'metadata', '')
  if (metadata !== undefined) fields.string(metadata, 'user_id', '/metadata')
  const thinking = fields.object(body, 'thinking', '')
  if (thinking !== undefined) fields.number(thinking, 'budget_tokens', '/thinking')
  return fields.fault
}

function checkMessages(messages: unknown[] | undefined, fields: Fields): void {
  if (messages === undefined || messages.length === 0) {
    fields.wrong('/messages', '`messages` is missing or empty: it is an array with at least one message')
    return
  }
  for (const [index, message] of messages.entries()) {
    const at = `/messages/${index}`
    if (isObject(message)) fields.needed(message, 'role', at)
    else fields.wrong(at, `\`messages[${index}]\` must be an object with \`role\` and \`content\``)
  }
}
