/** Whether calls of an API are compared with its document: not at all, to be counted, or to be refused as well. */
export const VALIDATION_MODES = ['off', 'report', 'enforce'] as const

export type ValidationMode = (typeof VALIDATION_MODES)[number]

/** What of the calls of an API is compared with its document; absent: `off`. */
export interface ApiValidation {
  request?: ValidationMode | undefined
  response?: ValidationMode | undefined
}

/** Where in a call something is not as the document says. */
export const VIOLATION_PLACES = ['path', 'query', 'header', 'type', 'body', 'status'] as const

export type ViolationPlace = (typeof VIOLATION_PLACES)[number]

/** One thing that is not as the document says, as it may be kept: it holds nothing that a caller or an upstream sent. */
export interface ViolationNote {
  in: 'request' | 'response'
  where: ViolationPlace
  /** JSON pointer within the place; `*` stands for what the document does not name. */
  pointer: string
  /** The keyword of JSON Schema that it breaks, or `json`, `type`, `status`. */
  rule: string
}

/** The same for whoever sent it, who knows what it holds. */
export interface Violation extends ViolationNote {
  /** The pointer as it is. */
  at: string
  /** What should be, in words; no value of the call. */
  message: string
}

/** What may be kept of a violation. */
export function noteOf({ in: direction, where, pointer, rule }: Violation): ViolationNote {
  return { in: direction, where, pointer, rule }
}
