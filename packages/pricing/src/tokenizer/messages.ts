/** What the counter asks of its worker. */
export interface CountRequest {
  id: number
  texts: string[]
}

/** The tokens of all texts of a request together. */
export interface CountReply {
  id: number
  tokens: number
}
