import type { Denial } from '@faregate/core'
import { allowsApi, allowsModel, type KeyEntry } from '@faregate/identity'
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

/** Whether this key may call this published API. */
export function authorizeApi(key: KeyEntry, api: string): Denial | undefined {
  if (allowsApi(key, api)) return undefined
  const apis = [...(key.apis ?? []), api]
  return {
    code: 'permission_denied',
    detail: `The key …${key.lastFour} may not call the API "${api}".`,
    scope: { level: 'key', id: key.id, key: `…${key.lastFour}` },
    required: [`api:${api}`],
    granted: (key.apis ?? []).map((pattern) => `api:${pattern}`),
    fixes: [
      {
        kind: 'change_policy',
        action: 'allow_api',
        by: 'org_admin',
        canYou: mayMend(key, 'keys:write'),
        method: 'PATCH',
        path: `/api/keys/${key.id}`,
        command: `faregate key update ${key.id} --apis ${apis.join(',')}`,
      },
    ],
  }
}
