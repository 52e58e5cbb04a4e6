import type { ManagedBy, SettingInForce, SettingName, SettingsInForce } from '@faregate/core'
import type { Settings } from '@faregate/gateway'
import type { Path } from '../config/finding.ts'
import type { Configuration } from '../config/schema.ts'

/** What file and environment say of the settings that can change at run time; what neither names is at its default. */
export function fixedSettings(configuration: Configuration, definedBy: (path: Path) => ManagedBy | undefined): SettingsInForce {
  const from = <T>(name: SettingName, value: T): SettingInForce<T> => ({
    value,
    managedBy: definedBy(name.split('.')) ?? { source: 'default' },
  })
  const { billing, cors, prices } = configuration
  return {
    allModels: from('allModels', configuration.allModels),
    publicUrl: from('publicUrl', configuration.publicUrl),
    'billing.topUpUrl': from('billing.topUpUrl', billing.topUpUrl),
    'billing.contact': from('billing.contact', billing.contact),
    'billing.seller.name': from('billing.seller.name', billing.seller.name),
    'billing.seller.address': from('billing.seller.address', billing.seller.address),
    'billing.seller.taxNumber': from('billing.seller.taxNumber', billing.seller.taxNumber),
    'billing.dueDays': from('billing.dueDays', billing.dueDays),
    sliceTokens: from('sliceTokens', configuration.sliceTokens),
    maxOutputWhenAbsent: from('maxOutputWhenAbsent', configuration.maxOutputWhenAbsent),
    'cors.origins': from('cors.origins', cors.origins),
    'prices.approveAbove': from('prices.approveAbove', prices.approveAbove),
  }
}

/** The pages are there with a payment rail. */
type Standing = Pick<Settings, 'publicUrl' | 'currency' | 'limits'> & Pick<Settings['billing'], 'topUpPage' | 'methodPage'>

/** The gateway's settings: what can change is looked up at each use, the rest stands since the start. */
export function gatewaySettings(current: () => SettingsInForce, standing: Standing): Settings {
  const { topUpPage, methodPage, ...rest } = standing
  return {
    ...rest,
    get billing() {
      const { 'billing.topUpUrl': topUpUrl, 'billing.contact': contact } = current()
      return {
        ...(topUpUrl.value === undefined ? {} : { topUpUrl: topUpUrl.value }),
        ...(contact.value === undefined ? {} : { contact: contact.value }),
        ...(topUpPage === undefined ? {} : { topUpPage }),
        ...(methodPage === undefined ? {} : { methodPage }),
      }
    },
    get sliceTokens() {
      return current().sliceTokens.value
    },
    get maxOutputWhenAbsent() {
      return current().maxOutputWhenAbsent.value
    },
    get corsOrigins() {
      return current()['cors.origins'].value
    },
  }
}
