/** What Anthropic wants of requests to the models whose thinking is bound to the conversation. */
import { blocksOf } from './anthropic-blocks.ts'
import { alwaysThinks, preservesThinking, thinksBetweenTools } from './claude.ts'
import { DOCS } from './docs.ts'
import type { Question, Row } from './rule.ts'
import { isObject } from './shape.ts'
import { array, objectAt, objects } from './walk.ts'
import type { JsonObject, Violation } from '../types.ts'

/** As texts, with sorted members: marks for the cache are no part of what was said. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => plain(one))
  if (!isObject(value)) return value
  const members = Object.entries(value).filter(([name, one]) => name !== 'cache_control' && one != null)
  return members.toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([name, one]) => [name, plain(one)])
}

function isThought({ type }: JsonObject): boolean {
  return type === 'thinking' || type === 'redacted_thinking'
}

/** All that stands before this message, as two requests can be compared by it. */
function prefixOf(body: JsonObject, index: number): string {
  const turns: { role: unknown; blocks: JsonObject[] }[] = []
  for (const message of objects(body['messages']).slice(0, index)) {
    const blocks = blocksOf(message).filter((block) => !isThought(block))
    const last = turns.at(-1)
    if (last?.role === message['role']) last?.blocks.push(...blocks)
    else turns.push({ role: message['role'], blocks })
  }
  const system = blocksOf({ content: body['system'] ?? [] })
  return JSON.stringify(plain({ system, tools: array(body['tools']), turns }))
}

function dropsBlocks({ body }: Question): boolean {
  return objectAt(body, 'thinking', 'block_binding')['prefix_mismatch_behavior'] === 'drop_block'
}

function changedBefore(question: Question): Violation | undefined {
  const { body, issued, route } = question
  if (!preservesThinking(route.model) || dropsBlocks(question)) return undefined
  for (const [index, message] of objects(body['messages']).entries()) {
    for (const [at, block] of blocksOf(message).entries()) {
      const given = isThought(block) ? issued.get(String(block['signature'] ?? block['data'])) : undefined
      // What another model thought is passed over.
      if (given === undefined || given.model !== route.model) continue
      if (prefixOf(given.body, array(given.body['messages']).length) === prefixOf(body, index)) continue
      return {
        message: `messages.${index}.content.${at}: Invalid \`signature\` in \`thinking\` block. The block is bound to a different conversation. Remove the block, or set \`thinking.block_binding.prefix_mismatch_behavior\` to "drop_block".`,
      }
    }
  }
  return undefined
}

export const anthropicPreserved: Row[] = [
  [
    'anthropic.thinking-always',
    'Opus 5.5 and Fable 5.1 cannot be told not to think',
    DOCS.anthropicOpus55,
    ({ body, route }) =>
      objectAt(body, 'thinking')['type'] === 'disabled' && alwaysThinks(route.model)
        ? {
            message:
              '"thinking.type.disabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
          }
        : undefined,
  ],
  [
    'anthropic.thinking-between-tools',
    'Sonnet 5.5 is told `between_tools` where other models are told `disabled`',
    DOCS.anthropicSonnet55,
    ({ body, route }) =>
      objectAt(body, 'thinking')['type'] === 'disabled' && thinksBetweenTools(route.model)
        ? {
            message:
              '"thinking.type.disabled" is not supported for this model. To turn thinking off on this model, send "thinking": {"type": "between_tools"}.',
          }
        : undefined,
  ],
  [
    'anthropic.thinking-between-effort',
    '`between_tools` goes with an effort of up to `high`',
    DOCS.anthropicSonnet55,
    ({ body }) =>
      objectAt(body, 'thinking')['type'] === 'between_tools' && /^(xhigh|max)$/.test(String(objectAt(body, 'output_config')['effort']))
        ? {
            message:
              '"thinking.type.between_tools" is not supported with this "output_config.effort". Use "high" or lower, or "thinking.type.adaptive".',
          }
        : undefined,
  ],
  [
    'anthropic.tool-choice-forced',
    'Opus 5.5, Sonnet 5.5 and Fable 5.1 cannot be forced to call a tool',
    DOCS.anthropicSonnet55,
    ({ body, route }) =>
      /^(any|tool)$/.test(String(objectAt(body, 'tool_choice')['type'])) && (alwaysThinks(route.model) || thinksBetweenTools(route.model))
        ? { message: 'tool_choice: forced tool use is not supported for this model. Use "auto" or "none".' }
        : undefined,
  ],
  [
    'anthropic.thinking-prefix',
    'Before a block of thinking nothing has changed since it was given out: not the system, not the tools, not a message',
    DOCS.anthropicPrefix,
    changedBefore,
  ],
]
