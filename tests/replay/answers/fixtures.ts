import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Scene } from './scene.ts'

/** A scene of our own writing, and what it is for. */
export interface Fixture extends Scene {
  about: string
}

const FOLDER = join(import.meta.dirname, '../fixtures')
const found = new Map<string, Fixture>()

/** Every fixture by name, read once. */
export function fixtures(): ReadonlyMap<string, Fixture> {
  if (found.size > 0) return found
  for (const name of readdirSync(FOLDER).toSorted()) {
    found.set(basename(name, '.json'), JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Fixture)
  }
  return found
}
