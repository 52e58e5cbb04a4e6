import { flawsOf } from '@faregate/lifecycle'
import type { Report } from './meaning.ts'
import type { Configuration } from './schema.ts'

/** Checks the published APIs for what a schema cannot see: what is reserved, what has no price, what is there twice. */
export function checkApis({ apis }: Configuration, report: Report): void {
  const prefixes = new Map<string, string>()
  for (const [name, api] of Object.entries(apis)) {
    for (const { path, ...said } of flawsOf(api)) report(['apis', name, ...path], said)
    const other = prefixes.get(api.prefix)
    if (other !== undefined)
      report(['apis', name, 'prefix'], { problem: `\`${api.prefix}\` is the prefix of \`${other}\``, fix: 'give it one of its own' })
    prefixes.set(api.prefix, name)
  }
}
