/** Every rule, in the order in which requests are looked at. */
import { anthropicRules } from './anthropic.ts'
import { anthropicShapes } from './anthropic-shapes.ts'
import { authRules } from './auth.ts'
import { bedrockRules, bedrockShapes } from './bedrock.ts'
import { cohereRules } from './cohere.ts'
import { cohereShapes } from './cohere-shapes.ts'
import { deepseekRules, deepseekShapes } from './deepseek.ts'
import { geminiRules } from './gemini.ts'
import { geminiShapes } from './gemini-shapes.ts'
import { mistralRules } from './mistral.ts'
import { mistralShapes } from './mistral-shapes.ts'
import { ollamaRules } from './ollama.ts'
import { openaiChatRules } from './openai-chat.ts'
import { openaiJsonRules, openaiOtherRules, openaiOtherShapes } from './openai-others.ts'
import { openaiReasoningRules } from './openai-reasoning.ts'
import { openaiChatShapes } from './openai-shapes.ts'
import { responsesRules } from './responses.ts'
import { responsesShapes } from './responses-shapes.ts'
import type { Rule, ShapeRow } from './rule.ts'

export const RULES: Rule[] = [
  ...authRules,
  ...openaiJsonRules,
  ...openaiChatRules,
  ...openaiReasoningRules,
  ...responsesRules,
  ...openaiOtherRules,
  ...anthropicRules,
  ...geminiRules,
  ...mistralRules,
  ...cohereRules,
  ...ollamaRules,
  ...bedrockRules,
  ...deepseekRules,
]

export const SHAPES: ShapeRow[] = [
  ...openaiChatShapes,
  ...responsesShapes,
  ...openaiOtherShapes,
  ...anthropicShapes,
  ...geminiShapes,
  ...mistralShapes,
  ...cohereShapes,
  ...bedrockShapes,
  ...deepseekShapes,
]
