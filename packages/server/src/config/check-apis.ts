import { SERVICE_MEMBERS } from '@faregate/core'
import { flawsOf } from '@faregate/lifecycle'
import type { Report } from './meaning.ts'
import type { Configuration, ConfiguredApi } from './schema.ts'

const OF_SERVICES = [...SERVICE_MEMBERS, 'document', 'validation', 'checks'] as const

/** Checks the published APIs for what a schema cannot see: what is reserved, what has no price, what is there twice. */
export function checkApis({ apis }: Configuration, report: Report): void {
  const prefixes = new Map<string, string>()
  for (const [name, api] of Object.entries(apis)) {
    for (const strange of strangersIn(api)) report(['apis', name, strange.member], strange.said)
    for (const { path, problem, fix } of flawsOf(definitionOf(api)))
      report(['apis', name, ...path], {
        problem,
        fix: path[0] === 'validation' ? `name its OpenAPI document: \`document: ./${name}.yaml\`` : fix,
      })
    const other = prefixes.get(api.prefix)
    if (other !== undefined)
      report(['apis', name, 'prefix'], { problem: `\`${api.prefix}\` is the prefix of \`${other}\``, fix: 'give it one of its own' })
    prefixes.set(api.prefix, name)
  }
}

const WORDS = { prompt: 'a prompt', models: 'models', service: 'a service' }

/** Members that belong to something else than what the API is. */
function strangersIn(api: ConfiguredApi): { member: string; said: { problem: string; fix: string } }[] {
  const own = (['prompt', 'models'] as const).find((member) => api[member] !== undefined)
  const others = { prompt: ['models', 'policy', ...OF_SERVICES], models: OF_SERVICES, service: ['policy'] } as const
  const member = others[own ?? 'service'].find((one) => api[one] !== undefined)
  if (member === undefined) return []
  const whose = member === 'models' || member === 'policy' ? 'models' : 'a service'
  const fix = own === undefined ? 'take it away, or name `models`' : `take it away, or take \`${own}\` away`
  return [{ member, said: { problem: `belongs to ${whose}, and this is ${WORDS[own ?? 'service']}`, fix } }]
}

function definitionOf({ prompt, models, policy, ...api }: ConfiguredApi): Parameters<typeof flawsOf>[0] {
  const { prefix, routes = [], presentation, authentication } = api
  if (prompt !== undefined) return { kind: 'prompt', prefix, prompt, presentation, authentication }
  return models === undefined ? { ...api, routes } : { kind: 'model', prefix, models, policy, presentation, authentication }
}
