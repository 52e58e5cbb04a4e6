import { ANTHROPIC_CASES } from './anthropic.ts'
import { AUTH_CASES } from './auth.ts'
import { BEDROCK_CASES } from './bedrock.ts'
import type { Case } from './case.ts'
import { GEMINI_CASES } from './gemini.ts'
import { OPENAI_CASES } from './openai.ts'
import { RESPONSES_CASES } from './responses.ts'
import { SMALLER_CASES } from './smaller.ts'

/** A pair of requests for every rule. */
export const CASES: Case[] = [
  ...AUTH_CASES,
  ...OPENAI_CASES,
  ...RESPONSES_CASES,
  ...ANTHROPIC_CASES,
  ...GEMINI_CASES,
  ...SMALLER_CASES,
  ...BEDROCK_CASES,
]
