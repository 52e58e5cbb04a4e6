import type { DialectName, Quirks } from '@faregate/wire'

interface DialectWords {
  /** What is spoken. */
  name: string
  /** What it is for. */
  what: string
  /** What follows the model in a path that names it. */
  methods?: readonly string[]
}

const CONVERSATIONS = 'conversations'
const EMBEDDINGS = 'embeddings'
const COUNTS = 'counts of tokens'

/** Every wire format, as the documentation calls it. */
export const DIALECT_WORDS: Record<DialectName, DialectWords> = {
  'openai-chat': { name: "OpenAI's chat completions", what: CONVERSATIONS },
  'openai-responses': { name: "OpenAI's responses", what: CONVERSATIONS },
  'openai-completions': { name: "OpenAI's older completions", what: CONVERSATIONS },
  'openai-embeddings': { name: "OpenAI's embeddings", what: EMBEDDINGS },
  'openai-images': { name: "OpenAI's images", what: 'images' },
  'openai-image-edits': { name: "OpenAI's edits of images", what: 'edits of images' },
  'openai-speech': { name: "OpenAI's speech", what: 'speech' },
  'openai-transcriptions': { name: "OpenAI's transcriptions", what: 'transcriptions' },
  'openai-translations': { name: "OpenAI's translations of speech", what: 'translations of speech' },
  'openai-moderations': { name: "OpenAI's moderations", what: 'moderations' },
  anthropic: { name: "Anthropic's messages", what: CONVERSATIONS },
  'anthropic-count-tokens': { name: "Anthropic's counts of tokens", what: COUNTS },
  gemini: { name: "Gemini's content", what: CONVERSATIONS, methods: ['generateContent', 'streamGenerateContent'] },
  'gemini-count-tokens': { name: "Gemini's counts of tokens", what: COUNTS, methods: ['countTokens'] },
  'gemini-embed': { name: "Gemini's embeddings", what: EMBEDDINGS, methods: ['embedContent'] },
  'gemini-batch-embed': { name: "Gemini's embeddings in batches", what: EMBEDDINGS, methods: ['batchEmbedContents'] },
  cohere: { name: "Cohere's chat", what: CONVERSATIONS },
  'cohere-embed': { name: "Cohere's embeddings", what: EMBEDDINGS },
  'cohere-rerank': { name: "Cohere's rankings", what: 'rankings' },
  ollama: { name: "Ollama's chat", what: CONVERSATIONS },
  'ollama-generate': { name: "Ollama's generate", what: CONVERSATIONS },
  'ollama-embed': { name: "Ollama's embeddings", what: EMBEDDINGS },
  prompt: { name: 'the calls of published prompts', what: 'published prompts' },
  bedrock: { name: "Bedrock's Converse", what: CONVERSATIONS },
}

/** What a vendor may not take, by its name in the neutral form. */
export const REFUSED_WORDS: Readonly<Record<string, string>> = {
  audio: 'audio',
  cacheControl: 'marks for the prompt cache',
  choices: 'several choices',
  document: 'documents',
  image: 'images',
  logitBias: 'logit bias',
  logprobs: 'log probabilities',
  'metadata.unstored': 'metadata, because nothing is stored there',
  minP: 'min-p',
  name: 'names of speakers',
  output: 'formats of the answer',
  'output.schema': 'schemas of the answer',
  parallelToolCalls: 'words on parallel tool calls',
  reasoning: 'words on how much to think',
  repetitionPenalty: 'repetition penalties',
  seed: 'seeds',
  serviceTier: 'service tiers',
  stop: 'stop sequences',
  'toolChoice.allowed': 'choices among some of the tools',
  tools: 'tools',
  topK: 'top-k',
  user: "names of the caller's own users",
  video: 'videos',
}

type Said<Name extends keyof Quirks> = (value: NonNullable<Quirks[Name]>) => string

/** What each quirk means to whoever calls such a vendor in another dialect. */
const QUIRK_WORDS: { [Name in keyof Required<Quirks>]: Said<Name> } = {
  outputLimitMember: (member) => `The output limit is \`${member}\`.`,
  nineCharacterToolIds: () => 'Ids of tool calls are made nine letters and digits, and found again.',
  toolChoiceAny: () => 'That some tool must be called is said as `tool_choice: "any"`.',
  noDeveloperRole: () => 'The role `developer` is sent as `system`.',
  assistantAfterTools: () => 'Where the user speaks after results of tools, the assistant says “I have read that.” between them.',
  reasoningContentBack: () => 'Reasoning goes back to it on tool turns, as `reasoning_content`.',
  noStreamOptions: () => '`stream_options` is not sent: it tells usage unasked.',
  mostStops: (count) => `It takes ${Number.isFinite(count) ? `${count} stop sequences at most` : 'any number of stop sequences'}.`,
  without: (members) =>
    `${members.map((member) => `\`${member}\``).join(', ')} ${members.length === 1 ? 'is' : 'are'} taken out of what passes through.`,
  withoutInMessages: (members) =>
    `Of messages that pass through, ${members.map((member) => `\`${member}\``).join(', ')} are taken out where they are null or empty.`,
  renames: (names) =>
    `${Object.entries(names)
      .map(([ours, theirs]) => `\`${ours}\` is sent as \`${theirs}\``)
      .join(', ')}.`,
  refuses: (names) => `It takes no ${names.map((name) => REFUSED_WORDS[name] ?? `\`${name}\``).join(', ')}.`,
}

/** A vendor's quirks, in sentences. */
export function quirkSentences(quirks: Quirks = {}): string[] {
  return Object.entries(quirks).flatMap(([name, value]: [string, unknown]) => {
    if (value === undefined || value === false) return []
    // The entries of one object: the value is the name's own.
    return [(QUIRK_WORDS[name as keyof Quirks] as (value: unknown) => string)(value)]
  })
}
