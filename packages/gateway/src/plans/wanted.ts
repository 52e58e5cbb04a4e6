import type { PlanFeature, Product, Wanted } from '@faregate/core'
import { scanMembers, type ModelRequest } from '@faregate/wire'
import type { Flow } from '../flow.ts'
import { surfaceOf } from '../surfaces.ts'

/**
 * What a call of a model is sold as: the model for this use of it, or the published prompt that asks it. A prompt of an organization is
 * sold as its model is: nobody publishes a way around the plans of the operator.
 */
export function productOf({ prompt }: Flow, request: ModelRequest, path: string, model: string): Product {
  return prompt === undefined || prompt.entry.organization !== undefined ? wantedOf(request, path, model) : { api: prompt.entry.name }
}

/** What a request asks of plans, for a model. `path`: where it would be sent. */
export function wantedOf(request: ModelRequest, path: string, model: string): Wanted {
  const kind = surfaceOf(path)?.feature
  let tools: boolean | undefined
  return {
    model,
    uses: (feature: PlanFeature) => {
      if (feature === 'streaming') return request.stream
      if (feature === 'tools') return (tools ??= bringsTools(request))
      return feature === kind
    },
  }
}

const TOOL_MEMBERS = ['tools', 'functions']

/** Every dialect has them at the top of its body; an empty list is none. */
function bringsTools({ body }: ModelRequest): boolean {
  const scan = scanMembers(body)
  if (!scan.ok) return false
  return TOOL_MEMBERS.some((name) => {
    const member = scan.members.get(name)
    return (
      member !== undefined &&
      !/^(null|\[\s*\])$/.test(body.toString('utf8', member.valueStart, Math.min(member.valueEnd, member.valueStart + 64)))
    )
  })
}
