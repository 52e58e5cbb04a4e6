import type { Denial } from '@faregate/core'
import { allowsModel, type KeyEntry } from '@faregate/identity'
import { mayMend } from './mend.ts'

/** Whether this key may call this model. */
export function authorize(key: KeyEntry, model: string): Denial | undefined {
  if (allowsModel(key, model)) return undefined
  return {
    code: 'permission_denied',
    detail: `The key …${key.lastFour} may not call the model "${model}".`,
    scope: { level: 'key', id: key.id, key: `…${key.lastFour}` },
    required: [`model:${model}`],
    granted: (key.models ?? []).map((pattern) => `model:${pattern}`),
    fixes: [
      { kind: 'change_policy', action: 'allow_model', by: 'org_admin', canYou: mayMend(key, 'keys:write'), key: key.id, model },
      { kind: 'change_request', action: 'use_allowed_model', by: 'caller', canYou: true, models: key.models ?? [] },
    ],
  }
}
