import type { Vendor } from '@faregate/wire'
import { demo } from './demo/vendor.ts'
import { OPENAI_COMPATIBLE, openAiCompatible } from './table.ts'

/** Every vendor that a provider entry can name as its kind. */
export const vendors: ReadonlyMap<string, Vendor> = new Map(
  [...OPENAI_COMPATIBLE.map(openAiCompatible), demo].map((vendor) => [vendor.kind, vendor]),
)
