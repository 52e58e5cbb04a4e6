/** What OpenAI's reasoning models refuse in chat completions. */
import { DOCS } from './docs.ts'
import { rules, type Question, type Rule } from './rule.ts'
import type { Violation } from '../types.ts'

/** The o-series, and GPT-5 and later but for their chat variants. */
export function isReasoningModel(model: string): boolean {
  return /^(o\d|gpt-([5-9]|\d\d))/.test(model) && !/-chat/.test(model)
}

/** From GPT-5.1 on, effort `none` turns reasoning off, and what it forbids is allowed again. */
function reasons({ route, body }: Question): boolean {
  return isReasoningModel(route.model) && body['reasoning_effort'] !== 'none'
}

function unsupported(param: string, more = ''): Violation {
  return { message: `Unsupported parameter: '${param}' is not supported with this model.${more}`, param, code: 'unsupported_parameter' }
}

/** A member that is refused whenever it is there and not `null`. */
function refuses(applies: (question: Question) => boolean, params: string[], more = ''): Rule['check'] {
  return (question) => {
    const param = applies(question) ? params.find((name) => question.body[name] != null) : undefined
    return param === undefined ? undefined : unsupported(param, more)
  }
}

const always = ({ route }: Question): boolean => isReasoningModel(route.model)

export const openaiReasoningRules: Rule[] = rules({ vendors: ['openai', 'azure'], endpoints: ['chat'] }, [
  [
    'openai.reasoning-max-tokens',
    'Reasoning models take `max_completion_tokens`, not `max_tokens`',
    DOCS.openaiChat,
    refuses(always, ['max_tokens'], " Use 'max_completion_tokens' instead."),
  ],
  ['openai.reasoning-stop', 'Reasoning models take no `stop`', DOCS.openaiChat, refuses(always, ['stop'])],
  ['openai.reasoning-logit-bias', 'Reasoning models take no `logit_bias`', DOCS.openaiReasoning, refuses(always, ['logit_bias'])],
  [
    'openai.reasoning-temperature',
    'While a model reasons, `temperature` is 1 or absent',
    DOCS.openaiReasoning,
    (question) =>
      reasons(question) && question.body['temperature'] != null && question.body['temperature'] !== 1
        ? {
            message: `Unsupported value: 'temperature' does not support ${JSON.stringify(question.body['temperature'])} with this model. Only the default (1) value is supported.`,
            param: 'temperature',
            code: 'unsupported_value',
          }
        : undefined,
  ],
  ['openai.reasoning-top-p', 'While a model reasons, `top_p` is refused', DOCS.openaiReasoning, refuses(reasons, ['top_p'])],
  [
    'openai.reasoning-penalties',
    'While a model reasons, penalties are refused',
    DOCS.openaiReasoning,
    refuses(reasons, ['frequency_penalty', 'presence_penalty']),
  ],
  [
    'openai.reasoning-logprobs',
    'While a model reasons, `logprobs` and `top_logprobs` are refused',
    DOCS.openaiReasoning,
    refuses(reasons, ['logprobs', 'top_logprobs']),
  ],
  [
    'openai.effort-without-reasoning',
    '`reasoning_effort` only with a reasoning model',
    DOCS.openaiReasoning,
    (question) =>
      !always(question) && question.body['reasoning_effort'] != null && /^(gpt-|chatgpt-)/.test(question.route.model)
        ? { message: 'Unrecognized request argument supplied: reasoning_effort' }
        : undefined,
  ],
])
