/** What the demo counts as one token: a word of up to six characters with the space before it, or a part of a longer one. */
const PIECE = /\s?[^\s]{1,6}|\s/gu

/** Cuts a text into the demo's tokens; joined they are the text. */
export function piecesOf(text: string): string[] {
  return text.match(PIECE) ?? []
}

/** Input tokens of a conversation: its text, and three for each message, as chat formats take. */
export function promptTokens(messages: readonly unknown[]): number {
  let tokens = 3
  for (const message of messages) tokens += 3 + tokensIn(message)
  return tokens
}

function tokensIn(value: unknown): number {
  if (typeof value === 'string') return piecesOf(value.slice(0, 1_000_000)).length
  if (typeof value !== 'object' || value === null) return 0
  return Object.values(value).reduce((sum: number, nested: unknown) => sum + tokensIn(nested), 0)
}
