/**
 * Names of tools on the wire (T7): Cohere's "can only contain certain characters (A-Za-z0-9_) and can't begin with a
 * digit" (API reference: Errors). Any other character travels as its code in hexadecimal, `_x2d_` for a dash, and comes
 * back as it was: nothing has to be remembered.
 */
const SPECIAL = /^\d|\W/gu
const CODE = /_x([0-9a-f]{1,6})_/g
/** An underscore that would be read as the beginning of a code, now or once what follows is one; it travels as a code itself. */
const MISTAKABLE = /_(?=x[0-9a-f]{1,6}(?:_|\W))/gu

/** The name as it is sent. */
export function toolNameOnWire(name: string): string {
  return name.replace(MISTAKABLE, code).replace(SPECIAL, code)
}

/** The name that was sent. */
export function toolNameFromWire(name: string): string {
  return name.replace(CODE, (whole, digits: string) => {
    const point = Number.parseInt(digits, 16)
    return point > 0x10_ff_ff ? whole : String.fromCodePoint(point)
  })
}

function code(character: string): string {
  return `_x${(character.codePointAt(0) ?? 0).toString(16)}_`
}
