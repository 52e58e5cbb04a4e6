import { patch, scanMembers, type Edit } from '@faregate/wire'

/**
 * A body with a deployment's default parameters: each member that the body does not have. An object of parameters
 * (`generationConfig`, `options`) adds the members that the body's own does not have. The same Buffer if nothing is added.
 */
export function withParameters(body: Buffer, parameters: Readonly<Record<string, unknown>> | undefined): Buffer {
  if (parameters === undefined) return body
  let result = body
  for (const [name, value] of Object.entries(parameters)) result = withDefault(result, name, value)
  return result
}

function withDefault(body: Buffer, name: string, value: unknown): Buffer {
  const scan = scanMembers(body)
  if (!scan.ok) return body
  const own = scan.members.get(name)
  if (own === undefined) return patch(body, scan, [{ insert: name, value: JSON.stringify(value) }])
  const inner = scanMembers(body, own.valueStart)
  if (!inner.ok || typeof value !== 'object' || value === null) return body
  const edits: Edit[] = Object.entries(value)
    .filter(([member]) => !inner.members.has(member))
    .map(([member, nested]) => ({ patchIn: name, insert: member, value: JSON.stringify(nested) }))
  return edits.length === 0 ? body : edits.reduce((patched, edit) => patchOne(patched, edit), body)
}

function patchOne(body: Buffer, edit: Edit): Buffer {
  const scan = scanMembers(body)
  return scan.ok ? patch(body, scan, [edit]) : body
}
