import { cohere } from '../cohere/dialect.ts'
import { readCohereRanking, readCohereRerank, rerankUsageMember } from '../cohere/rerank.ts'
import type { AnswerReading, EndpointDialect } from '../dialect.ts'
import { parseObject } from '../json/object.ts'
import { envelopeOf } from './envelope.ts'
import { EMBEDDING_USAGE } from './openai-vectors.ts'
import { WHOLE_ANSWERS } from './whole-answers.ts'

/** Cohere's ranking of documents: `POST /v2/rerank`, which servers of open models speak as `/v1/rerank`. */
export const cohereRerank: EndpointDialect = {
  ...WHOLE_ANSWERS,
  ...envelopeOf(cohere),
  name: 'cohere-rerank',
  usageMember: rerankUsageMember,
  read: (call) => {
    const read = readCohereRerank(call)
    if (!read.ok) return read
    const { searchUnitsBound: search, ...request } = read.request
    const units = { search }
    return { ok: true, request: { ...request, wholeOnly: true, units, pricedBy: ['search', 'input'], ownCount: () => units } }
  },
  readAnswer: readRanking,
}

/** Servers of open models tell tokens, as for vectors, where Cohere tells search units. */
function readRanking(body: Buffer): AnswerReading | undefined {
  const reading = readCohereRanking(body)
  if (reading === undefined || reading.usage.ok || reading.usage.reason !== 'missing') return reading
  return { ...reading, usage: EMBEDDING_USAGE.read(parseObject(body.toString('utf8'))?.['usage']) }
}
