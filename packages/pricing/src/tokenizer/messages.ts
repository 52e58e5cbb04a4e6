/** What the counter asks of its worker. */
export interface CountRequest {
  id: number
  texts: string[]
}

/** The tokens of each text of a request, in order. */
export interface CountReply {
  id: number
  counts: number[]
}
