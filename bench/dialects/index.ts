import { anthropic } from './anthropic.ts'
import { cohere } from './cohere.ts'
import { gemini } from './gemini.ts'
import { ollama } from './ollama.ts'
import { openaiChat } from './openai-chat.ts'
import { openaiResponses } from './openai-responses.ts'
import type { Spoken } from './spoken.ts'

/** What both callers and upstreams speak. */
export const SPOKEN = { 'openai-chat': openaiChat, 'openai-responses': openaiResponses, anthropic, gemini, cohere, ollama }

export type SpokenName = keyof typeof SPOKEN

export const SPOKEN_NAMES = Object.keys(SPOKEN) as SpokenName[]

/** As tables call them. */
export const TITLES: Record<SpokenName | 'bedrock', string> = {
  'openai-chat': 'OpenAI Chat',
  'openai-responses': 'OpenAI Responses',
  anthropic: 'Anthropic Messages',
  gemini: 'Gemini generateContent',
  cohere: 'Cohere chat',
  ollama: 'Ollama chat',
  bedrock: 'Bedrock Converse',
}

/** What is spoken on a path. Throws where nothing is. */
export function spokenOn(path: string): Spoken {
  for (const name of SPOKEN_NAMES) if (path.includes(SPOKEN[name].route)) return SPOKEN[name]
  throw new Error(`nothing is spoken on ${path}`)
}

/** Whether a stream is asked for: in the body, or, of Gemini, in the path. */
export function asksForStream(path: string, body: string | Buffer): boolean {
  return path.includes(':stream') || body.includes('"stream":true')
}
