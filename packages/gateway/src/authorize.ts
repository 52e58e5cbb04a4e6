import { shellWord, stageOf, STAGING_PREFIX, type ApiEntry, type Denial } from '@faregate/core'
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

/** Whether this key is for the stage in which this is called: none reaches what is behind another. `publicUrl`: of the gateway. */
export function authorizeStage(key: KeyEntry, api: ApiEntry, publicUrl: string): Denial | undefined {
  const [own, called] = [key.stage ?? 'production', stageOf(api)]
  if (own === called) return undefined
  const prefix = called === 'staging' ? api.prefix.slice(STAGING_PREFIX.length) : STAGING_PREFIX + api.prefix
  return {
    code: 'permission_denied',
    detail: `The key …${key.lastFour} is for ${own}, and this is the API "${api.name}" in ${called}.`,
    scope: { level: 'key', id: key.id, key: `…${key.lastFour}` },
    required: [`stage:${called}`],
    granted: [`stage:${own}`],
    fixes: [
      { kind: 'change_request', action: 'call_other_stage', by: 'caller', canYou: true, url: publicUrl + prefix },
      { kind: 'authenticate', action: 'send_key_of_stage', by: 'caller', canYou: true },
    ],
  }
}
