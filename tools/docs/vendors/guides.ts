import type { VendorGuide } from './guide.ts'
import { HOSTS } from './guides-hosts.ts'
import { MAKERS } from './guides-makers.ts'

/** The named vendors, each with its guide. */
export const GUIDES: readonly VendorGuide[] = [...MAKERS, ...HOSTS]
