import type { Conversation, DialectName } from './canonical/conversation.ts'

type Member = Exclude<keyof Conversation, 'others' | 'stream' | 'turns'>
type Names = Partial<Record<Member, string>>

const OPENAI: Names = {
  topP: 'top_p',
  toolChoice: 'tool_choice',
  parallelToolCalls: 'parallel_tool_calls',
  serviceTier: 'service_tier',
  promptCacheKey: 'prompt_cache_key',
}

const GENERATION = [
  ['temperature', 'temperature'],
  ['topP', 'topP'],
  ['topK', 'topK'],
  ['presencePenalty', 'presencePenalty'],
  ['frequencyPenalty', 'frequencyPenalty'],
  ['seed', 'seed'],
  ['stop', 'stopSequences'],
  ['choices', 'candidateCount'],
  ['logprobs', 'responseLogprobs'],
  ['maxOutputTokens', 'maxOutputTokens'],
  ['output', 'responseMimeType'],
  ['reasoning', 'thinkingConfig'],
] as const satisfies [Member, string][]

const OPTIONS = [
  ['temperature', 'temperature'],
  ['topP', 'top_p'],
  ['topK', 'top_k'],
  ['minP', 'min_p'],
  ['presencePenalty', 'presence_penalty'],
  ['frequencyPenalty', 'frequency_penalty'],
  ['repetitionPenalty', 'repeat_penalty'],
  ['seed', 'seed'],
  ['stop', 'stop'],
  ['maxOutputTokens', 'num_predict'],
] as const satisfies [Member, string][]

/** How callers of a dialect call what a conversation names neutrally, as the tokens of a JSON pointer. */
const NAMES: Partial<Record<DialectName, Names>> = {
  'openai-chat': {
    ...OPENAI,
    topK: 'top_k',
    minP: 'min_p',
    presencePenalty: 'presence_penalty',
    frequencyPenalty: 'frequency_penalty',
    repetitionPenalty: 'repetition_penalty',
    choices: 'n',
    logitBias: 'logit_bias',
    output: 'response_format',
    reasoning: 'reasoning_effort',
    maxOutputTokens: 'max_tokens',
    cacheControl: 'cache_control',
  },
  'openai-responses': {
    ...OPENAI,
    output: 'text/format',
    verbosity: 'text/verbosity',
    logprobs: 'top_logprobs',
    maxOutputTokens: 'max_output_tokens',
  },
  anthropic: {
    topP: 'top_p',
    topK: 'top_k',
    stop: 'stop_sequences',
    toolChoice: 'tool_choice',
    parallelToolCalls: 'tool_choice/disable_parallel_tool_use',
    reasoning: 'thinking',
    output: 'output_config/format',
    user: 'metadata/user_id',
    serviceTier: 'service_tier',
    maxOutputTokens: 'max_tokens',
    cacheControl: 'cache_control',
  },
  gemini: {
    ...Object.fromEntries(GENERATION.map(([member, name]) => [member, `generationConfig/${name}`])),
    toolChoice: 'toolConfig',
    safetySettings: 'safetySettings',
    metadata: 'labels',
  },
  cohere: {
    topP: 'p',
    topK: 'k',
    stop: 'stop_sequences',
    presencePenalty: 'presence_penalty',
    frequencyPenalty: 'frequency_penalty',
    toolChoice: 'tool_choice',
    output: 'response_format',
    reasoning: 'thinking',
    maxOutputTokens: 'max_tokens',
  },
  ollama: {
    ...Object.fromEntries(OPTIONS.map(([member, name]) => [member, `options/${name}`])),
    output: 'format',
    reasoning: 'think',
  },
}

/** A place in the neutral form as the place in the caller's own body; what already is one stays. */
export function callersPlace(at: string, dialect: DialectName): string {
  const [, member = '', rest = ''] = /^\/([a-zA-Z]+)(\/.*)?$/.exec(at) ?? []
  const name = (NAMES[dialect] as Record<string, string> | undefined)?.[member]
  return name === undefined ? at : `/${name}${rest}`
}
