import { aiSdk } from './ai-sdk.ts'
import { anthropic } from './anthropic.ts'
import type { SdkClient } from './client.ts'
import { cohere } from './cohere.ts'
import { google } from './google.ts'
import { langchain } from './langchain.ts'
import { mistral } from './mistral.ts'
import { ollama } from './ollama.ts'
import { openaiChat } from './openai-chat.ts'
import { openaiResponses } from './openai-responses.ts'

/** Every official client of the dialects that callers speak. */
export const CLIENTS: readonly SdkClient[] = [
  openaiChat,
  openaiResponses,
  anthropic,
  google,
  mistral,
  cohere,
  ollama,
  ...aiSdk,
  ...langchain,
]
