/** What Anthropic wants while Claude thinks. */
import { DOCS } from './docs.ts'
import { turnsOf } from './anthropic-blocks.ts'
import { isNewer, samplesOneWay } from './claude.ts'
import type { Question, Row } from './rule.ts'
import { objectAt, objects } from './walk.ts'
import type { Violation } from '../types.ts'

const CONSULT = 'Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking'

function kind({ body }: Question): unknown {
  return objectAt(body, 'thinking')['type']
}

function thinks(question: Question): boolean {
  return kind(question) === 'enabled' || kind(question) === 'adaptive'
}

/** Thinking between calls may take more than one answer does. */
function interleaves({ call }: Question): boolean {
  return String(call.headers['anthropic-beta']).includes('interleaved-thinking')
}

function notFirst(question: Question): Violation | undefined {
  if (kind(question) !== 'enabled') return undefined
  const turn = turnsOf(question.body).findLast((one) => one.role === 'assistant')
  if (turn === undefined || !turn.blocks.some((block) => block['type'] === 'tool_use')) return undefined
  const first = turn.blocks[0]?.['type']
  if (first === 'thinking' || first === 'redacted_thinking') return undefined
  return {
    message: `messages.${turn.index}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${String(first)}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceeding the lastmost set of \`tool_use\` and \`tool_result\` blocks). We recommend you include thinking blocks from previous turns. To avoid this requirement, disable \`thinking\`. ${CONSULT}`,
  }
}

function forged({ body, issued }: Question): Violation | undefined {
  for (const [index, message] of objects(body['messages']).entries()) {
    for (const [at, block] of objects(message['content']).entries()) {
      const where = `messages.${index}.content.${at}`
      if (block['type'] === 'thinking') {
        const text = issued.get(String(block['signature']))?.text
        if (text === undefined || text !== block['thinking']) return { message: `${where}: Invalid \`signature\` in \`thinking\` block` }
      }
      if (block['type'] === 'redacted_thinking' && !issued.has(String(block['data']))) {
        return { message: `${where}: Invalid \`data\` in \`redacted_thinking\` block` }
      }
    }
  }
  return undefined
}

function newer({ body, route }: Question): Violation | undefined {
  if (!isNewer(route.model)) return undefined
  const { temperature, top_p: topP, top_k: topK } = body
  if (temperature != null && temperature !== 1) return { message: '`temperature` is deprecated for this model.' }
  if (typeof topP === 'number' && topP < 0.99) return { message: '`top_p` is deprecated for this model.' }
  return topK == null ? undefined : { message: '`top_k` is deprecated for this model.' }
}

export const anthropicThinking: Row[] = [
  [
    'anthropic.thinking-limit',
    '`budget_tokens` is less than `max_tokens`',
    DOCS.anthropicThinking,
    (question) => {
      const budget = objectAt(question.body, 'thinking')['budget_tokens']
      const { max_tokens: limit } = question.body
      if (typeof budget !== 'number' || typeof limit !== 'number' || budget < limit || interleaves(question)) return undefined
      return { message: `\`max_tokens\` must be greater than \`thinking.budget_tokens\`. ${CONSULT}#max-tokens-and-context-window-size` }
    },
  ],
  [
    'anthropic.thinking-adaptive-only',
    'Models after Opus 4.6 think adaptively; a budget is refused',
    DOCS.anthropicAdaptive,
    (question) =>
      kind(question) === 'enabled' && isNewer(question.route.model)
        ? {
            message:
              '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
          }
        : undefined,
  ],
  [
    'anthropic.thinking-temperature',
    'While Claude thinks, `temperature` is 1 or absent',
    DOCS.anthropicThinking,
    (question) =>
      thinks(question) && question.body['temperature'] != null && question.body['temperature'] !== 1
        ? { message: `\`temperature\` may only be set to 1 when thinking is enabled. ${CONSULT}` }
        : undefined,
  ],
  [
    'anthropic.thinking-top-k',
    'While Claude thinks, `top_k` is absent',
    DOCS.anthropicThinking,
    (question) =>
      thinks(question) && question.body['top_k'] != null
        ? { message: `\`top_k\` must be unset when thinking is enabled. ${CONSULT}` }
        : undefined,
  ],
  [
    'anthropic.thinking-top-p',
    'While Claude thinks, `top_p` is from 0.95 to 1',
    DOCS.anthropicThinking,
    (question) => {
      const { top_p: topP } = question.body
      if (!thinks(question) || typeof topP !== 'number' || topP >= 0.95) return undefined
      return { message: `\`top_p\` must be greater than or equal to 0.95 or unset when thinking is enabled. ${CONSULT}` }
    },
  ],
  [
    'anthropic.thinking-forced-tool',
    'While Claude thinks, no tool can be forced',
    DOCS.anthropicThinking,
    (question) =>
      thinks(question) && ['any', 'tool'].includes(String(objectAt(question.body, 'tool_choice')['type']))
        ? { message: 'Thinking may not be enabled when tool_choice forces tool use.' }
        : undefined,
  ],
  [
    'anthropic.thinking-prefill',
    'While Claude thinks, the last message is of the user',
    DOCS.anthropicThinking,
    (question) =>
      thinks(question) && objects(question.body['messages']).at(-1)?.['role'] === 'assistant'
        ? { message: `When thinking is enabled, the final message must not be of role \`assistant\`. ${CONSULT}` }
        : undefined,
  ],
  [
    'anthropic.thinking-first',
    'With a budget, the last turn of the assistant begins with its thinking if it calls tools',
    DOCS.anthropicThinking,
    notFirst,
  ],
  ['anthropic.thinking-signature', 'Thinking comes back as it was given out: the text, and its signature', DOCS.anthropicThinking, forged],
  ['anthropic.sampling-newer', 'Models after Opus 4.6 take no `temperature`, `top_p` or `top_k`', DOCS.anthropicMessages, newer],
  [
    'anthropic.sampling-both',
    'From Claude 4.1 on, `temperature` and `top_p` exclude each other',
    'https://platform.claude.com/docs/en/about-claude/models/migration-guide',
    ({ body, route }) =>
      samplesOneWay(route.model) && body['temperature'] != null && body['top_p'] != null
        ? { message: '`temperature` and `top_p` cannot both be specified for this model. Please use only one.' }
        : undefined,
  ],
]
