import type { PlanFeature, Wanted } from '@faregate/core'
import { scanMembers, type ModelRequest } from '@faregate/wire'
import { surfaceOf } from '../surfaces.ts'

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
export function bringsTools({ body }: ModelRequest): boolean {
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
