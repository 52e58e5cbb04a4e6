import { callOf } from './call.ts'
import type { Denied } from './denied.ts'
import { Efforts, mend } from './mend.ts'
import { WORLD, type Fetch, type Options, type World } from './options.ts'
import { readDenial } from './read-denial.ts'

/**
 * A `fetch` for a gateway: a refusal is mended where the policy allows it and it can be, and thrown as {@link Denied} where
 * not. Everything else is as `fetch` has it: answers of others, whatever their status, are returned; streams are handed on
 * as they are; a lost connection rejects, and is not tried again, for the call may have been charged.
 */
export function createFetch(options: Options, world: World = WORLD): Fetch {
  return async (input, init) => {
    const { response, denied } = await send(options, world, input, init)
    if (denied === undefined) return response
    await response.body?.cancel()
    throw denied
  }
}

/** The same for SDKs, which raise errors of their own: a refusal that cannot be mended is returned as it came. */
export function createSdkFetch(options: Options, world: World = WORLD): Fetch {
  return async (input, init) => (await send(options, world, input, init)).response
}

interface Outcome {
  response: Response
  /** Why it was refused; absent where it was not. */
  denied?: Denied
}

async function send(options: Options, world: World, input: string | URL | Request, init?: RequestInit): Promise<Outcome> {
  const efforts = new Efforts()
  const sending = options.fetch ?? fetch
  let call = await callOf(options, input, init)
  for (;;) {
    const response = await sending(call.url, call.init)
    const denied = await readDenial(response)
    if (denied === undefined) return { response }
    const next = await mend({ policy: options, world, efforts, call, denied })
    if (next === undefined) return { response, denied }
    await response.body?.cancel()
    call = next
  }
}
