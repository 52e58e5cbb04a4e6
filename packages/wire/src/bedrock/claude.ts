import { familyOf, type Family as ClaudeFamily } from '../anthropic/families.ts'

/** The generations for which Amazon Bedrock enforces schemas ("Get validated JSON results from models"). */
const STRUCTURED = /-4-[56](?!\d)/

/** What a model of Claude's takes, on this host. */
export function claudeOf(model: string): ClaudeFamily {
  const family = familyOf(model)
  return { ...family, structured: family.structured && STRUCTURED.test(model) }
}
