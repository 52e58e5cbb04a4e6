import type { Invalid } from '../dialect.ts'
import { complaint } from '../input/complaint.ts'

/** What is to be completed: texts, or tokens by their ids (OpenAI API reference, "Create completion"). */
export interface Prompt {
  /** So many prompts; each is answered. */
  count: number
  texts: string[]
  /** Ids of tokens, in all prompts. */
  tokens: number
}

const EXPECTED = 'a string, an array of strings, an array of token ids or an array of such arrays'

/** A text that is one token for every tokenizer: it stands for a token that is known by its id only. */
const ONE_TOKEN = ' a'

/** Reads `prompt`. Absent and null, it is the beginning of a new document. */
export function readPrompt(prompt: unknown): Prompt | Invalid {
  if (prompt == null) return { count: 1, texts: [], tokens: 0 }
  if (typeof prompt === 'string') return { count: 1, texts: [prompt], tokens: 0 }
  if (!Array.isArray(prompt) || prompt.length === 0) return wrong('prompt', '/prompt', prompt)
  if (isTokens(prompt)) return { count: 1, texts: [], tokens: prompt.length }
  const read: Prompt = { count: prompt.length, texts: [], tokens: 0 }
  for (const [index, one] of prompt.entries()) {
    if (typeof one === 'string') read.texts.push(one)
    else if (isTokens(one)) read.tokens += one.length
    else return wrong(`prompt[${index}]`, `/prompt/${index}`, one)
  }
  return read
}

/** The text that a tokenizer counts. */
export function promptText({ texts, tokens }: Prompt): string {
  return [...texts, ONE_TOKEN.repeat(tokens)].join('\n')
}

function isTokens(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((id) => Number.isInteger(id) && id >= 0)
}

function wrong(member: string, pointer: string, value: unknown): Invalid {
  return { ok: false, pointer, message: complaint(member, value, EXPECTED) }
}
