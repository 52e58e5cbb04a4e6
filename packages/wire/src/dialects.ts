import { anthropic } from './anthropic/dialect.ts'
import { bedrock } from './bedrock/dialect.ts'
import type { DialectName } from './canonical/conversation.ts'
import { cohere } from './cohere/dialect.ts'
import type { UpstreamDialect } from './dialect.ts'
import { gemini } from './gemini/dialect.ts'
import { ollama } from './ollama/dialect.ts'
import { openaiChat } from './openai-chat/dialect.ts'
import { openaiResponses } from './openai-responses/dialect.ts'

const UPSTREAM_DIALECTS: readonly UpstreamDialect[] = [openaiChat, openaiResponses, anthropic, gemini, cohere, ollama, bedrock]

const BY_NAME = new Map<DialectName, UpstreamDialect>(UPSTREAM_DIALECTS.map((dialect) => [dialect.name, dialect]))

/** The dialect in which an upstream is called. Throws for one that no upstream is called in. */
export function upstreamDialect(name: DialectName): UpstreamDialect {
  const dialect = BY_NAME.get(name)
  if (dialect === undefined) throw new Error(`no upstream is called in the dialect ${name}`)
  return dialect
}
