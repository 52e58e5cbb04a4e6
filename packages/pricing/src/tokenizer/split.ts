/** Characters in a row without a border between words, after which a cut is made. */
const LONGEST_RUN = 256

/**
 * Cuts a text where a run of spaces, or of anything else, gets long: byte pair encoding takes quadratic time on a
 * word, and an attacker writes long ones. A cut separates what might have been
 * one token, so the sum over the pieces is hardly ever less than the count of the whole. Linear in the length of the text; never cuts a surrogate pair.
 */
export function splitLongRuns(text: string): string[] {
  const pieces: string[] = []
  let start = 0
  let run = 0
  let inSpace = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const space = isSpace(code)
    run = space === inSpace ? run + 1 : 1
    inSpace = space
    if (run <= LONGEST_RUN || isLowSurrogate(code)) continue
    pieces.push(text.slice(start, i))
    start = i
    run = 1
  }
  pieces.push(text.slice(start))
  return pieces
}

function isSpace(code: number): boolean {
  return code <= 0x20 || code === 0xa0 || code === 0x3000 || (code >= 0x2000 && code <= 0x200b)
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff
}
