/**
 * Names of tools on the wire (T7): Converse takes letters, digits, `_` and `-`, at most 64 of them. Any other character
 * travels as its code in hexadecimal, `_x2e_` for a dot, and comes back as it was: nothing has to be remembered.
 */
const LONGEST = 64
const SPECIAL = /[^a-zA-Z0-9_-]/gu
const CODE = /_x([0-9a-f]{1,6})_/g
/** An underscore that would be read as the beginning of a code; it travels as a code itself. */
const MISTAKABLE = /_(?=x[0-9a-f]{1,6}[^a-zA-Z0-9-])/g

/** The name as it is sent; undefined where it would be too long. */
export function toolNameOnWire(name: string): string | undefined {
  const sent = name.replace(MISTAKABLE, code).replace(SPECIAL, code)
  return sent.length > LONGEST || sent === '' ? undefined : sent
}

/** The name that was sent. */
export function toolNameFromWire(name: string): string {
  return name.replace(CODE, (whole, digits: string) => {
    const point = Number.parseInt(digits, 16)
    return point > 0x10ffff ? whole : String.fromCodePoint(point)
  })
}

function code(character: string): string {
  return `_x${(character.codePointAt(0) ?? 0).toString(16)}_`
}
