import { isDenial } from '@faregate/core'
import type { Scheme } from './caller.ts'
import { namedKey, type CallerDirectory } from './directory.ts'

/** Whoever sent no credential is served as a key that the definition names. It is the last way: others go first. */
export function publicScheme(directory: CallerDirectory, api: string, id: string): Scheme {
  return {
    name: 'public',
    told: undefined,
    challenge: undefined,
    async check() {
      const key = await namedKey(directory, api, id)
      return isDenial(key) ? key : { key, subject: null }
    },
  }
}
