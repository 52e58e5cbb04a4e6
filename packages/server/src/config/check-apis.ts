import { SERVICE_MEMBERS } from '@faregate/core'
import { flawsOf } from '@faregate/lifecycle'
import type { Report } from './meaning.ts'
import type { Configuration, ConfiguredApi } from './schema.ts'

const OF_SERVICES = [...SERVICE_MEMBERS, 'document', 'validation', 'checks'] as const

/** Checks the published APIs for what a schema cannot see: what is reserved, what has no price, what is there twice. */
export function checkApis({ apis }: Configuration, report: Report): void {
  const prefixes = new Map<string, string>()
  for (const [name, api] of Object.entries(apis)) {
    const strange = api.prompt === undefined ? undefined : OF_SERVICES.find((member) => api[member] !== undefined)
    if (strange !== undefined)
      report(['apis', name, strange], { problem: 'belongs to a service, and this is a prompt', fix: 'take it away, or take `prompt` away' })
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

function definitionOf({ prompt, ...api }: ConfiguredApi): Parameters<typeof flawsOf>[0] {
  const { prefix, routes = [], presentation } = api
  return prompt === undefined ? { ...api, routes } : { kind: 'prompt', prefix, prompt, presentation }
}
