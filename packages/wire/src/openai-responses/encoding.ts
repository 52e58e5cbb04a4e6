import type { DialectName, VendorPart } from '../canonical/conversation.ts'
import type { Unsupported } from '../canonical/unsupported.ts'
import type { Target } from '../dialect.ts'
import { isObject } from '../json/object.ts'
import { takesBreakpoints } from './model-traits.ts'

/** What a conversation is encoded for, and what of it could not be carried. */
export class Encoding {
  readonly dialect: DialectName = 'openai-responses'
  readonly target: Target
  readonly unsupported: Unsupported[] = []
  /** The model knows breakpoints of the prompt cache. */
  readonly breakpoints: boolean

  constructor(target: Target) {
    this.target = target
    this.breakpoints = takesBreakpoints(target.model)
  }

  /** Notes what is left out. */
  refuse(at: string, what: string, why?: string): undefined {
    this.unsupported.push({ at, what, ...(why === undefined ? {} : { why }) })
    return undefined
  }

  refuseVendor({ at, value, dialect }: VendorPart): undefined {
    const type = isObject(value) && typeof value['type'] === 'string' ? `\`${value['type']}\`` : 'a part'
    return this.refuse(at, type, `only ${dialect} knows it`)
  }
}
