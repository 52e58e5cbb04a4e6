import { presentCap } from '../caps.ts'
import type { MemberRow, RoleRow } from '../people-rows.ts'
import { timeText } from './time.ts'

export function presentMember({ id, organization, name, email, role, team, cap, createdAt }: MemberRow) {
  return { id, organization, name, email, role, team, cap: presentCap(cap), createdAt: timeText(createdAt) }
}

export function presentRole({ id, name, organization, permissions, createdAt }: RoleRow) {
  return { id, name, organization, permissions, createdAt: timeText(createdAt) }
}
