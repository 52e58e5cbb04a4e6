import type { ImagePart, Other, TextPart } from './conversation.ts'
import type { UsageReading } from './usage.ts'

/**
 * What is to be made into vectors, neutral between dialects. As in a conversation, a member that is absent was not said
 * by the caller, and places (`at`) are JSON pointers into the caller's own body.
 */
export interface Embedding {
  inputs: EmbeddingInput[]
  dimensions?: number
  inputType?: EmbeddingInputType
  /** Forms of the vectors; absent: numbers. */
  formats?: VectorFormat[]
  /** What happens to an input that is too long. */
  truncate?: 'none' | 'start' | 'end'
  /** Members that only the caller's dialect knows, by name. */
  others?: Record<string, Other>
}

/** One input gives one vector; it may be made of several parts where the dialect has that. */
export interface EmbeddingInput {
  parts: (TextPart | ImagePart)[]
  /** In place of parts: a text by the ids of its tokens, which are those of one vendor. */
  tokens?: number[]
  at: string
}

/** What the vectors are for. */
export type EmbeddingInputType = 'query' | 'document' | 'classification' | 'clustering' | 'image'

export const VECTOR_FORMATS = ['float', 'int8', 'uint8', 'binary', 'ubinary', 'base64'] as const

/** Numbers; or bytes, or bits packed into bytes, with or without sign; or the numbers' bytes as base64. */
export type VectorFormat = (typeof VECTOR_FORMATS)[number]

/** The vectors of an answer in the order of the inputs, by their form. */
export interface EmbeddingAnswer {
  id?: string
  model?: string
  vectors: Partial<Record<VectorFormat, (number[] | string)[]>>
  usage: UsageReading
}
