import { existsSync, readFileSync } from 'node:fs'

/** The version of the package that this runs from: the published one, the repository, or its cached bundle. */
export function version(): string {
  for (const place of ['../package.json', '../../../package.json', '../../../../package.json']) {
    const file = new URL(place, import.meta.url)
    if (!existsSync(file)) continue
    const { name, version: found } = JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string }
    if (name === 'faregate' && found !== undefined) return found
  }
  return 'unknown'
}
