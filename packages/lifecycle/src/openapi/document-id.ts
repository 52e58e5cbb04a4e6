/** What a kept document is called. Its hash cannot be guessed: whoever knows it was told it, or has the document. */
export function documentId(hash: string): string {
  return `doc_${hash}`
}

/** The hash of the document that is called so; undefined: none is. */
export function documentHash(id: string): string | undefined {
  return /^doc_([0-9a-f]{64})$/.exec(id)?.[1]
}
