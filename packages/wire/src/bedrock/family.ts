/** In what the models behind Converse differ, by who made them ("Supported models and model features", Amazon Bedrock). */
export interface Family {
  name: 'anthropic' | 'nova' | 'openai' | 'mistral' | 'cohere' | 'ai21' | 'meta' | 'deepseek' | 'other'
  /** The forms of `toolChoice` beside `auto`. */
  toolChoice: readonly ('any' | 'tool')[]
  /** `cachePoint` is understood: in system and messages, and among the tools. */
  caches: { messages: boolean; tools: boolean }
  /** A tool result may say that it is an error. */
  toolStatus: boolean
  /** Where `topK` goes within `additionalModelRequestFields`. */
  topK?: readonly string[]
  /** Members that `additionalModelRequestFields` takes, by canonical name. */
  fields?: Readonly<Record<string, string>>
  /** Ids of tool calls must have nine letters and digits. */
  nineCharacterIds?: boolean
  /** Stop sequences are refused. */
  noStop?: boolean
  /** `temperature` and `topP` are refused. */
  sampling?: 'none'
  /** `outputConfig.textFormat` and strict tools ("Get validated JSON results from models"). */
  structured: boolean
}

const NO_CACHE = { messages: false, tools: false }
const BOTH = ['any', 'tool'] as const

const OTHER: Family = { name: 'other', toolChoice: BOTH, caches: NO_CACHE, toolStatus: false, structured: true }

const FAMILIES: readonly [pattern: RegExp, family: Family][] = [
  [
    /(^|[./])anthropic\.|claude-/,
    { name: 'anthropic', toolChoice: BOTH, caches: { messages: true, tools: true }, toolStatus: true, topK: ['top_k'], structured: true },
  ],
  [
    /(^|[./])amazon\.nova/,
    {
      name: 'nova',
      toolChoice: BOTH,
      caches: { messages: true, tools: false },
      toolStatus: true,
      topK: ['inferenceConfig', 'topK'],
      structured: false,
    },
  ],
  [/(^|[./])openai\.gpt-oss/, { ...OTHER, name: 'openai', noStop: true }],
  [/(^|[./])openai\./, { ...OTHER, name: 'openai', noStop: true, sampling: 'none' }],
  [/(^|[./])mistral\./, { ...OTHER, name: 'mistral', toolChoice: ['any'], topK: ['top_k'], nineCharacterIds: true }],
  [
    /(^|[./])cohere\./,
    {
      ...OTHER,
      name: 'cohere',
      toolChoice: [],
      topK: ['k'],
      fields: { seed: 'seed', frequencyPenalty: 'frequency_penalty', presencePenalty: 'presence_penalty' },
      structured: false,
    },
  ],
  [
    /(^|[./])ai21\./,
    {
      ...OTHER,
      name: 'ai21',
      toolChoice: [],
      fields: { frequencyPenalty: 'frequency_penalty', presencePenalty: 'presence_penalty' },
      structured: false,
    },
  ],
  [/(^|[./])meta\.llama/, { ...OTHER, name: 'meta', toolChoice: [], structured: false }],
  [/(^|[./])deepseek\.r1/, { ...OTHER, name: 'deepseek', toolChoice: [], structured: false }],
  // What stands behind it is not told by its name: cache points are asked for by callers who know that it is Claude.
  [/application-inference-profile\//, { ...OTHER, caches: { messages: true, tools: true } }],
]

/** Whose model this is: an id, an inference profile (`eu.anthropic.…`), or the ARN of either. */
export function familyOf(model: string): Family {
  return FAMILIES.find(([pattern]) => pattern.test(model))?.[1] ?? OTHER
}
