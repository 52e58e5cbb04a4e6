import type { Vendor } from '@faregate/wire'
import { anthropicVendor } from './anthropic/vendor.ts'
import { azureVendor } from './azure/vendor.ts'
import { bedrockVendor } from './bedrock/vendor.ts'
import { HOSTED } from './compatible/hosted.ts'
import { LOCAL } from './compatible/local.ts'
import { PRESETS } from './compatible/presets.ts'
import { openAiCompatible } from './compatible/row.ts'
import { cohereVendor } from './cohere/vendor.ts'
import { demo } from './demo/vendor.ts'
import { googleVendor } from './google/vendor.ts'
import { ollamaVendor } from './ollama/vendor.ts'
import { vertexVendor } from './vertex/vendor.ts'

/** Vendors with a folder of their own, because dialect, authentication or errors differ. */
const OWN: readonly Vendor[] = [anthropicVendor, googleVendor, cohereVendor, ollamaVendor, bedrockVendor, azureVendor, vertexVendor]

/** Every vendor that a provider entry can name as its kind. */
export const vendors: ReadonlyMap<string, Vendor> = new Map(
  [...[...HOSTED, ...PRESETS, ...LOCAL].map(openAiCompatible), ...OWN, demo].map((vendor) => [vendor.kind, vendor]),
)
