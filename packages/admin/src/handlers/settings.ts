import { SETTING_NAMES, type SettingName, type StoredSettings } from '@faregate/core'
import type { Call, Handlers } from '../call.ts'
import { changeConfiguration } from '../change.ts'
import { refuseManaged } from '../managed.ts'
import { presentSettings } from '../present/settings.ts'

export const settings: Handlers<'getSettings' | 'updateSettings'> = {
  async getSettings({ deps }) {
    return presentSettings(deps)
  },

  async updateSettings(call) {
    const { deps } = call
    const sent = sentOf(call.body)
    const names = SETTING_NAMES.filter((name) => sent[name] !== undefined)
    for (const name of names) {
      const { managedBy } = deps.settings()[name]
      if (managedBy.source !== 'default') refuseManaged('setting', name, managedBy)
    }
    if (names.length === 0) return presentSettings(deps)
    await changeConfiguration(call, async (trx) => {
      const before: StoredSettings = await trx.settings.stored()
      for (const name of names) {
        const value = sent[name] ?? null
        await (value === null ? trx.deleteSetting(name) : trx.putSetting(name, value))
      }
      return {
        event: {
          action: 'settings.update',
          subject: 'settings',
          organization: null,
          before: shown(names, before),
          after: shown(names, sent),
        },
        answer: undefined,
      }
    })
    return presentSettings(deps)
  },
}

/** By path; null: back to the default; undefined: not named. */
type Sent = { [Name in SettingName]?: StoredSettings[Name] | null | undefined }

function sentOf({ billing, cors, prices, ...members }: Call<'updateSettings'>['body']): Sent {
  return {
    ...members,
    'billing.topUpUrl': billing?.topUpUrl,
    'billing.contact': billing?.contact,
    'billing.seller.name': billing?.seller?.name,
    'billing.seller.address': billing?.seller?.address,
    'billing.seller.taxNumber': billing?.seller?.taxNumber,
    'billing.dueDays': billing?.dueDays,
    'cors.origins': cors?.origins,
    'prices.approveAbove': prices?.approveAbove,
  }
}

/** Those of the names; null: at its default. */
function shown(names: SettingName[], values: Sent): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, values[name] ?? null]))
}
