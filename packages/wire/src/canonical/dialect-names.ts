/** Wire formats in which conversations are held. */
export const DIALECTS = ['openai-chat', 'openai-responses', 'anthropic', 'gemini', 'cohere', 'ollama', 'bedrock'] as const

/** A wire format in which conversations are held. */
export type ConversationDialect = (typeof DIALECTS)[number]

/** Wire formats of one endpoint each, which are metered and passed through, or translated among their like. */
export const ENDPOINT_DIALECTS = [
  'openai-completions',
  'openai-embeddings',
  'openai-images',
  'openai-image-edits',
  'openai-speech',
  'openai-transcriptions',
  'openai-translations',
  'openai-moderations',
  'anthropic-count-tokens',
  'gemini-count-tokens',
  'gemini-embed',
  'gemini-batch-embed',
  'cohere-embed',
  'cohere-rerank',
  'ollama-generate',
  'ollama-embed',
  'prompt',
] as const

/** A wire format. */
export type DialectName = ConversationDialect | (typeof ENDPOINT_DIALECTS)[number]
