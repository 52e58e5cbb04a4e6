import type { DialectName } from '../canonical/conversation.ts'
import type { Embedding } from '../canonical/embedding.ts'
import type { Encoded, Invalid } from '../dialect.ts'
import { invalid } from '../input/body.ts'
import type { EmbeddingUpstream } from './embedding-dialect.ts'
import { openaiEmbeddings } from './openai-embeddings.ts'
import { askedFormats } from './vector-formats.ts'
import { cohereEmbed, geminiBatchEmbed, ollamaEmbed } from './vendor-embeddings.ts'

const UPSTREAMS = new Map<DialectName, EmbeddingUpstream>(
  [openaiEmbeddings, cohereEmbed, geminiBatchEmbed, ollamaEmbed].map((dialect) => [dialect.name, dialect]),
)

/** In what words a vendor that speaks these is asked for vectors; undefined: in none. */
export function embeddingUpstream(dialects: readonly DialectName[]): EmbeddingUpstream | undefined {
  const name = dialects.find((dialect) => UPSTREAMS.has(dialect))
  return name === undefined ? undefined : UPSTREAMS.get(name)
}

/**
 * The body for an upstream of another dialect. Vectors are asked for as numbers, of which bytes are made here; what they are
 * for is advice to models that tell it apart, and lost on others. An input that cannot be said is never left out: the
 * vectors would not be those that were asked for.
 */
export function encodeForUpstream(embedding: Embedding, upstream: EmbeddingUpstream, model: string): Encoded | Invalid {
  const foreign = embedding.inputs.find(({ tokens }) => tokens !== undefined)
  if (foreign !== undefined)
    return invalid(foreign.at, 'token ids are those of one vendor, and another one serves this model: send the text')
  const { body, unsupported } = upstream.encodeEmbedding({ ...embedding, formats: askedFormats(embedding.formats) }, model)
  const others = Object.entries(embedding.others ?? {}).map(([name, { at }]) => ({ at, what: `the member \`${name}\`` }))
  return { body, unsupported: [...others, ...unsupported.filter(({ at }) => at !== '/inputType')] }
}
