import { offers, type ModelApiFeature, type ModelsApi } from '@faregate/core'
import { takesPreamble, withPresets, type EndpointDialect, type ModelRequest, type ReadResult } from '@faregate/wire'
import { bringsTools } from '../plans/wanted.ts'
import type { Surface } from '../surfaces.ts'

type Invalid = Extract<ReadResult, { ok: false }>

/** Whether published models are called at a surface: what its policy says to a model must have a place there. */
export function isServed({ policy }: ModelsApi, surface: Surface): boolean {
  const { feature, path } = surface
  if (!offers(policy, feature)) return false
  return policy?.system === undefined || feature !== 'chat' || takesPreamble(surface.dialect({ path, query: '' }).name)
}

/** What is spoken at a surface of published models: its own dialect, with what their policy sets and refuses. */
export function underPolicy<Spoken extends EndpointDialect>(dialect: Spoken, entry: ModelsApi): Spoken {
  const { policy: { system, defaults = {} } = {} } = entry
  const presets = { system, temperature: defaults.temperature, topP: defaults.topP }
  return {
    ...dialect,
    read(call) {
      // What a caller did wrong is told by its place in what was sent, before anything is put into that.
      const own = dialect.read(call)
      if (!own.ok) return own
      const refused = beyond(entry, own.request)
      if (refused !== undefined) return refused
      const body = withPresets(dialect.name, call.body, presets)
      return body === call.body ? own : dialect.read({ ...call, body })
    },
  }
}

/** What of a request its policy does not offer. */
function beyond({ name, policy }: ModelsApi, request: ModelRequest): Invalid | undefined {
  const wanted: [ModelApiFeature, boolean, pointer: string, what: string][] = [
    ['streaming', request.stream, '/stream', 'answers whole, and not as a stream'],
    ['tools', bringsTools(request), '/tools', 'takes no tools'],
    ['imageInput', request.canCause.imageIn, '', 'takes no images in what it is asked'],
  ]
  const missing = wanted.find(([feature, isUsed]) => isUsed && !offers(policy, feature))
  if (missing !== undefined) {
    const [, , pointer, what] = missing
    return { ok: false, pointer, message: `The API "${name}" ${what}: leave it out.` }
  }
  const { outputLimit, outputLimitMember } = request
  const most = policy?.maxTokens
  if (most === undefined || outputLimit === null || outputLimit <= most) return undefined
  const member = outputLimitMember ?? 'max_tokens'
  const message = `\`${member}\` is ${outputLimit}, and the API "${name}" answers with ${most} tokens at most: lower it to that, or leave it out.`
  return { ok: false, pointer: `/${member.replaceAll('.', '/')}`, message }
}
