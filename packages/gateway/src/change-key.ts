import type { Fix } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import { mayMend } from './mend.ts'

/** The fix that changes what a key may do. `flags`: the whole of what it has afterwards, as the command takes it. */
export function changeKey(key: KeyEntry, action: string, flags: string): Fix {
  return {
    kind: 'change_policy',
    action,
    by: 'org_admin',
    canYou: mayMend(key, 'keys:write'),
    method: 'PATCH',
    path: `/api/keys/${key.id}`,
    command: `faregate key update ${key.id} ${flags}`,
  }
}
