import type { ParameterReader } from './parameters.ts'

/** What a document says of its calls, ready to be asked: made in a thread of its own, so it is data and text of code. */
export interface CompiledContract {
  operations: CompiledOperation[]
  /** CommonJS that exports validators by their names: of parameters, which are texts, of requests, and of answers. */
  code: Record<Validators, string>
  /** Every name of a property that the document knows: others are the caller's own, and never kept. */
  names: string[]
  /** What of the document cannot be compared, in words. */
  unchecked: string[]
}

export type Validators = 'parameters' | 'request' | 'response'

export interface CompiledOperation {
  method: string
  /** As routes write it. */
  path: string
  /** How the document writes its segments. */
  segments: string[]
  readers: ParameterReader[]
  /** Names of validators. */
  segmentsOf: string | undefined
  query: string | undefined
  header: string | undefined
  body: CompiledBody | undefined
  /** By status, class or `default`. */
  answers: Record<string, CompiledAnswer>
}

export interface CompiledBody {
  required: boolean
  content: CompiledMedia[]
}

export interface CompiledAnswer {
  readers: ParameterReader[]
  header: string | undefined
  /** Empty: nothing is said of a body. */
  content: CompiledMedia[]
}

/** A media type or a range of some, and the validator of what is JSON in it. */
export interface CompiledMedia {
  type: string
  validator: string | undefined
}
