/** A call that is kept with the definition of an API, and what must be answered to it. */
export interface SavedCall {
  /** By which a report tells of it. */
  name: string
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the prefix, with its query: `/forecast/berlin?days=2`. */
  path: string
  headers?: Record<string, string> | undefined
  /** Sent as JSON; absent: there is none. */
  body?: unknown
  expect: SavedExpectation
}

export interface SavedExpectation {
  status: number
  /** Names of headers that must be there. */
  headers?: string[] | undefined
  /** JSON pointers into the body where something must be. */
  present?: string[] | undefined
  /** What must be there, by JSON pointers. */
  equal?: Record<string, unknown> | undefined
}

/** The saved calls of an API. */
export interface ApiChecks {
  calls: SavedCall[]
  /** Each is made before a release is in force, and one that fails keeps it from being so. */
  beforePublish?: boolean | undefined
}

/** Methods that change nothing at an upstream (RFC 9110, 9.2.1). */
export function isSafeMethod(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}
