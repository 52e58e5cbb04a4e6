import type { EmbeddingAnswer, VectorFormat } from '../canonical/embedding.ts'

/** What every vendor can be asked for; the numbers' bytes as base64 are made of it here. */
export function askedFormats(formats: readonly VectorFormat[] | undefined): VectorFormat[] {
  const asked = new Set((formats ?? ['float']).map((format) => (format === 'base64' ? 'float' : format)))
  return [...asked]
}

/** An answer with its vectors in the formats that a caller asked for: numbers, or their bytes, four each, little-endian. */
export function inFormats(answer: EmbeddingAnswer, formats: readonly VectorFormat[] = ['float']): EmbeddingAnswer {
  const vectors: EmbeddingAnswer['vectors'] = {}
  const { float = answer.vectors.base64?.map(numbersOf) } = answer.vectors
  for (const format of formats) {
    const made = format === 'float' ? float : format === 'base64' ? (answer.vectors.base64 ?? float?.map(bytesOf)) : answer.vectors[format]
    if (made !== undefined) vectors[format] = made
  }
  return { ...answer, vectors }
}

function bytesOf(vector: number[] | string): string {
  if (typeof vector === 'string') return vector
  const bytes = Buffer.alloc(vector.length * 4)
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4)
  return bytes.toString('base64')
}

function numbersOf(vector: number[] | string): number[] {
  if (typeof vector !== 'string') return vector
  const bytes = Buffer.from(vector, 'base64')
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) => bytes.readFloatLE(index * 4))
}
