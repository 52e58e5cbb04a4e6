import type { AnswerReading, CallerRequest, EndpointDialect, ReadResult } from '../dialect.ts'
import { collectInput, textBytes, type ChatInput } from '../cohere/input.ts'
import { decodeBody, readJsonBody } from '../input/body.ts'
import { inputBounds } from '../input/bounds.ts'
import { parseObject, type JsonObject } from '../json/object.ts'
import { MISSING_USAGE } from '../canonical/usage.ts'
import { firstFault, MODEL, optional, type MemberChecks } from '../input/validate.ts'
import { jsonRequest, NOTHING_MORE } from './json-request.ts'
import { OPENAI_CALLER } from './openai-side.ts'
import { WHOLE_ANSWERS } from './whole-answers.ts'

const BILLED = { own: new Set(['model', 'input']) }

/** "Defaults to omni-moderation-latest" (OpenAI API reference, "Create moderation"). */
const USUAL_MODEL = 'omni-moderation-latest'

const CHECKS: MemberChecks = [
  ['model', optional(MODEL)],
  ['input', (value) => (isInput(value) ? undefined : 'a string, an array of strings or an array of parts')],
]

/** OpenAI's moderations: `POST /v1/moderations`. Answers tell no usage: what goes in is counted here. */
export const openaiModerations: EndpointDialect = {
  name: 'openai-moderations',
  ...OPENAI_CALLER,
  ...WHOLE_ANSWERS,
  usageMember: { name: 'usage', read: () => MISSING_USAGE },
  read: readModeration,
  readAnswer: readModerated,
}

function readModeration({ body }: CallerRequest): ReadResult {
  const read = readJsonBody(body, BILLED, '{"input": …}')
  if (!read.ok) return read
  const { value } = read
  const wrong = firstFault(value, CHECKS)
  if (wrong !== undefined) return wrong
  const model = typeof value['model'] === 'string' ? value['model'] : USUAL_MODEL
  const input = inputOf(value)
  const bounds = inputBounds(textBytes(input), input.media, model)
  return {
    ok: true,
    request: jsonRequest('openai-moderations', body, read, {
      model,
      ...bounds,
      inputText: () => inputOf(JSON.parse(decodeBody(body)) as JsonObject).texts.join('\n'),
      canCause: { ...NOTHING_MORE, imageIn: input.media.length > 0 },
      countedHere: true,
    }),
  }
}

function isInput(value: unknown): boolean {
  return typeof value === 'string' ? value !== '' : Array.isArray(value) && value.length > 0
}

/** Parts stand as they do in a message. */
function inputOf({ input }: JsonObject): ChatInput {
  const parts = Array.isArray(input) ? input : [input]
  return collectInput([{ content: parts }])
}

function readModerated(body: Buffer): AnswerReading | undefined {
  const answer = parseObject(body.toString('utf8'))
  if (!Array.isArray(answer?.['results'])) return undefined
  return { usage: MISSING_USAGE, text: () => '', hasOutput: false }
}
