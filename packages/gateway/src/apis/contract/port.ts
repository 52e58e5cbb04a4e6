import type { ValidationMode, Violation } from '@faregate/core'

type Headers = Record<string, string | string[] | undefined>

/** What the document of an API says of calls. */
export interface ApiContract {
  /** By the path below the prefix; undefined: it says nothing of such a call. */
  operation(method: string, rest: string): OperationContract | undefined
}

/** What it says of one call. Each part tells its first violation alone. */
export interface OperationContract {
  /** `supplied`: names of headers that the gateway adds itself. */
  requestHead(head: { query: string; headers: Headers; hasBody: boolean }, supplied?: ReadonlySet<string>): Violation[]
  /** Whether something is said of bodies with these headers. */
  readsRequest(headers: Headers): boolean
  requestBody(headers: Headers, body: Buffer): Violation | undefined
  answerHead(status: number, headers: Headers, hasBody: boolean): Violation[]
  readsAnswer(status: number, headers: Headers): boolean
  answerBody(status: number, headers: Headers, body: Buffer): Violation | undefined
}

/** How one call is compared with the document. */
export interface CallChecks {
  request: ValidationMode
  response: ValidationMode
  operation: OperationContract
  /** Names of headers that the gateway adds to the call. */
  supplied: ReadonlySet<string>
}
