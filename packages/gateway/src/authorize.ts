import { type Denial, shellWord } from '@faregate/core'
import { allowsApi, allowsModel, type KeyEntry } from '@faregate/identity'
import { changeKey } from './change-key.ts'

/** Whether this key may call this model. */
export function authorize(key: KeyEntry, model: string): Denial | undefined {
  if (allowsModel(key, model)) return undefined
  const allowed = key.models ?? []
  return {
    code: 'permission_denied',
    detail: `The key …${key.lastFour} may not call the model "${model}".`,
    scope: { level: 'key', id: key.id, key: `…${key.lastFour}` },
    required: [`model:${model}`],
    granted: allowed.map((pattern) => `model:${pattern}`),
    fixes: [
      { ...changeKey(key, 'allow_model', `--models ${shellWord([...allowed, model].join(','))}`), key: key.id, model },
      { kind: 'change_request', action: 'use_allowed_model', by: 'caller', canYou: true, models: allowed },
    ],
  }
}

/** Whether this key may call this published API. */
export function authorizeApi(key: KeyEntry, api: string): Denial | undefined {
  if (allowsApi(key, api)) return undefined
  const allowed = key.apis ?? []
  return {
    code: 'permission_denied',
    detail: `The key …${key.lastFour} may not call the API "${api}".`,
    scope: { level: 'key', id: key.id, key: `…${key.lastFour}` },
    required: [`api:${api}`],
    granted: allowed.map((pattern) => `api:${pattern}`),
    fixes: [changeKey(key, 'allow_api', `--apis ${shellWord([...allowed, api].join(','))}`)],
  }
}
