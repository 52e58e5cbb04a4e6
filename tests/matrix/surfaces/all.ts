import { anthropic } from './anthropic.ts'
import { cohere } from './cohere.ts'
import { gemini } from './gemini.ts'
import { ollama } from './ollama.ts'
import { openaiChat } from './openai-chat.ts'
import { openaiResponses } from './openai-responses.ts'
import type { Surface } from './surface.ts'

export const SURFACES: Surface[] = [openaiChat, openaiResponses, anthropic, gemini, cohere, ollama]
