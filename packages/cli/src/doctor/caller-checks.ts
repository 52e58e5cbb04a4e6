import { fitsParts } from '@faregate/core'
import { placeOf } from '../place.ts'
import type { Check, Finding } from './finding.ts'
import type { Apis, Instance, Keys } from './rig.ts'

type Api = Pick<Apis[number], 'name' | 'authentication' | 'managedBy'>
type Key = Pick<Keys[number], 'id' | 'state' | 'apis' | 'scopes'>

/** The ways in which callers can be served as a key that is not theirs. */
const WAYS = ['jwt', 'introspection', 'mutualTls', 'public'] as const

/** How callers of published APIs prove who they are: what was right when it was set may have ceased to be. */
export const callers: Check = async (rig) => {
  const [apis, keys, instance] = await Promise.all([rig.apis(), rig.keys(), rig.instance()])
  return apis.flatMap((api) => callerFindings(api, keys, instance))
}

/** Keys as which nobody can be served any more, and certificates of which the gateway never learns. */
export function callerFindings(api: Api, keys: readonly Key[], { clientCertificates }: Pick<Instance, 'clientCertificates'>): Finding[] {
  const { name, authentication, managedBy } = api
  if (authentication === null) return []
  const shared = { check: `callers of ${name}`, place: placeOf(managedBy) }
  const useless = WAYS.flatMap((way): Finding[] => {
    const id = authentication[way]?.as
    const why =
      id === undefined
        ? undefined
        : whyUseless(
            keys.find((key) => key.id === id),
            name,
          )
    if (id === undefined || why === undefined) return []
    const detail = `\`authentication.${way}.as\` is ${id}, ${why.problem}: whoever is served as it is refused`
    return [{ ...shared, result: 'failed', detail, fix: why.fix(id) }]
  })
  if (authentication.mutualTls === undefined || clientCertificates !== null) return useless
  const detail = 'it takes certificates, and the gateway learns of none: nobody is let in by one'
  return [...useless, { ...shared, result: 'warning', detail, fix: 'set `clientCertificates` in the configuration file, and restart' }]
}

interface Why {
  problem: string
  fix: (key: string) => string
}

const ANOTHER: Why['fix'] = () => 'name another key: faregate key create, then set it with faregate api edit'

function whyUseless(key: Key | undefined, api: string): Why | undefined {
  if (key === undefined) return { problem: 'which does not exist, or was revoked', fix: ANOTHER }
  if (key.state === 'disabled') return { problem: 'which is disabled', fix: (id) => `faregate key enable ${id}` }
  if (key.state !== 'active') return { problem: `which is ${key.state}`, fix: ANOTHER }
  if (key.apis !== null && !key.apis.some((pattern) => fitsParts(pattern.split('*'), api)))
    return { problem: 'which may not call it', fix: (id) => `faregate key update ${id} --apis ${[...(key.apis ?? []), api].join(',')}` }
  if (key.scopes.length > 0 && !key.scopes.includes('apis'))
    return {
      problem: 'which may not call APIs',
      fix: (id) => `faregate key update ${id} --scope ${[...key.scopes, 'apis'].join(' --scope ')}`,
    }
  return undefined
}
