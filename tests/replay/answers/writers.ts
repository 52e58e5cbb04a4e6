import type { Writers } from './write.ts'
import { anthropic } from './write-anthropic.ts'
import { bedrock } from './write-bedrock.ts'
import { cohere } from './write-cohere.ts'
import { completions } from './write-completions.ts'
import { gemini } from './write-gemini.ts'
import { ollama, ollamaGenerate } from './write-ollama.ts'
import { openaiChat } from './write-openai-chat.ts'
import { openaiResponses } from './write-responses.ts'

/** One writer per form of answer. */
export const WRITERS: Writers = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  completions,
  anthropic,
  gemini,
  cohere,
  ollama,
  'ollama-generate': ollamaGenerate,
  bedrock,
}
