import { randomBytes } from 'node:crypto'

/** Random, so that no two runs and no two secrets are alike. */
function random(): string {
  return randomBytes(18).toString('base64url').replaceAll(/[-_]/g, 'x')
}

/** A secret of each sort, none of which may be found anywhere. Keys look like those of several vendors, or like nothing. */
export const SECRETS = {
  providerKey: `sk-proj-${random()}`,
  plainKey: `${random()}${random()}`,
  environmentKey: random(),
  madeKey: `key/${random()}+=`,
  rotatedKey: random(),
  refusedKey: `AIza${random()}`,
  strangersKey: `sk-ant-${random()}`,
  mistypedKey: `fg_${random()}`,
  system: `System: ${random()} "quoted" – Grüße`,
  prompt: `Prompt ${random()}\nsecond line ${random()}`,
  tool: `Tool ${random()}`,
  metadata: `Metadata ${random()}`,
  answer: `Answer ${random()} ü "end"`,
}
