import type { Decoded } from '../dialect.ts'
import { invalid } from '../input/body.ts'
import type { JsonObject } from '../json/object.ts'

export function decodeChat(_value: JsonObject): Decoded {
  return invalid('', 'not yet')
}
